"""What a tile is: its metrics, what they rest on, and what stands below them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from hotdash.base.clock import local_day
from hotdash.insights.metrics.period import Period, Window
from hotdash.insights.metrics.publication import Published, Windows
from hotdash.insights.metrics.query.answer import Cell
from hotdash.insights.metrics.query.known_rows import KnownRows
from hotdash.insights.tiles.contract import Fact, NextAction, SeriesPoint, TileList, TileState

CACHE_FOR = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class TileSource:
    """As publications name it; one beside the headline counts only where it is connected."""

    name: str
    title: str
    fresh_within: timedelta
    connect: str
    is_beside: bool = False


@dataclass(frozen=True, slots=True)
class Context:
    """A metric beside the headline.

    Judged ones call for a person as the headline does; those of another clock have days of their
    own, which end where their sources do; a counted one is how long a list is.
    """

    metric: str
    is_judged: bool = False
    has_own_days: bool = False
    is_counted: bool = False


@dataclass(frozen=True, slots=True)
class Gauges:
    """What only the door knows that asks: how often its answers were ready."""

    tile_answers: int = 0
    ready_tile_answers: int = 0


@dataclass(frozen=True)
class Reading:
    """What a loader of lists may look at, all of one snapshot."""

    session: Session
    now: datetime
    period: Period
    windows: Windows
    headline: Published
    publications: Mapping[str, Published]
    values: Mapping[str, Cell]
    days: Sequence[SeriesPoint]
    gauges: Gauges = Gauges()
    known: KnownRows = field(default_factory=KnownRows)

    @property
    def shop_id(self) -> str:
        return self.headline.shop_id

    @property
    def currency(self) -> str:
        return self.headline.currency

    @property
    def timezone(self) -> str:
        return self.headline.timezone

    @property
    def window(self) -> Window:
        return self.windows.current

    @property
    def today(self) -> date:
        """The shop's day on which what is shown was known."""
        return local_day(self.known_at, self.timezone)

    @property
    def first_known(self) -> date:
        """The first day of the window that anything is known of."""
        first = self.headline.first_day
        return max(self.window.first, first) if first else self.window.first

    @property
    def known_at(self) -> datetime:
        return min([self.now, *self.headline.as_of.values()])

    def is_published(self, mart: str) -> bool:
        published = self.publications[mart]
        return published.build is not None and bool(published.parts)

    def is_built(self, mart: str) -> bool:
        """Also where it holds nothing: no row is then a nought, and not something unknown."""
        return self.publications[mart].build is not None


@dataclass(frozen=True, slots=True)
class Listed:
    """What a loader found; counts are metrics that a list is the whole of, by their names."""

    lists: Sequence[TileList] = ()
    facts: Sequence[Fact] = ()
    counts: Mapping[str, int] = field(default_factory=dict[str, int])


@dataclass(frozen=True, slots=True)
class Found:
    """What the words of a tile are chosen by."""

    state: TileState
    values: Mapping[str, Cell]
    listed: Listed
    windows: Windows
    first_day: date | None

    def value(self, metric: str) -> Decimal | None:
        cell = self.values.get(metric)
        return cell.value if cell else None

    def rows(self, name: str) -> int:
        return next((each.total for each in self.listed.lists if each.name == name), 0)


@dataclass(frozen=True, slots=True)
class TileDefinition:
    """rests_on are marts whose block blocks the tile; of shows only a part is missing then."""

    name: str
    title: str
    question: str
    metric: str
    sources: tuple[TileSource, ...]
    rests_on: tuple[str, ...]
    missing: Callable[[Found], str]
    load: Callable[[Reading], Listed]
    next_step: Callable[[Found], NextAction | None]
    context: tuple[Context, ...] = ()
    shows: tuple[str, ...] = ()
    counted_by: str | None = None
    """The metric that says whether there is anything behind a value of zero."""
    is_live: bool = False
    """Its headline is of what people do in the app, and waits for no publication."""
    is_standing: bool = False
    """It tells what stands there now, so its days end with the one that is not over."""
    cache_for: timedelta = CACHE_FOR

    @property
    def marts(self) -> tuple[str, ...]:
        return (*self.rests_on, *self.shows)
