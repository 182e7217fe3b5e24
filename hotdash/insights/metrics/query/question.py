"""What is asked: metrics of shops, split by dimensions, over days, beside other days, of some rows only."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Self

from hotdash.base.currencies import CURRENCIES
from hotdash.base.errors import HotdashError
from hotdash.insights.metrics.columns import SHOP, TIME_DIMENSIONS
from hotdash.insights.metrics.period import Compare, Period, Range, Window

MOST_METRICS = 30
MOST_DIMENSIONS = 4
MOST_SHOPS = 200
MOST_DAYS = 3700


class QueryError(HotdashError):
    code = "invalid_query"


class Against(StrEnum):
    """What the days asked for are compared with."""

    PREVIOUS = "previous"
    YEAR = "year"
    PLAN = "plan"
    NONE = "none"

    @property
    def compare(self) -> Compare:
        return Compare.NONE if self is Against.PLAN else Compare(self.value)


@dataclass(frozen=True, slots=True)
class MetricName:
    """A metric, and the version meant where it is not the one in force."""

    name: str
    version: int | None = None

    @classmethod
    def parse(cls, text: str) -> Self:
        name, at, version = text.partition("@")
        if at and not (version.isascii() and version.isdigit() and len(version) < 6):
            raise QueryError(
                f"{text!r} names no version.", hint=f"Write {name}@1 or {name}.", field="metric"
            )
        return cls(name, int(version) if at else None)

    def __str__(self) -> str:
        return self.name if self.version is None else f"{self.name}@{self.version}"


@dataclass(frozen=True, slots=True)
class Question:
    shops: tuple[str, ...]
    metrics: tuple[MetricName, ...]
    by: tuple[str, ...] = ()
    period: Period | None = None
    window: Window | None = None
    against: Against = Against.NONE
    filters: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    currency: str | None = None
    model: str | None = None

    @classmethod
    def parse(
        cls,
        *,
        shops: Sequence[str],
        metrics: Sequence[str],
        by: Sequence[str] = (),
        range: str | None = None,
        first: date | None = None,
        last: date | None = None,
        compare: str | None = None,
        filters: Iterable[str] = (),
        currency: str | None = None,
        model: str | None = None,
    ) -> Self:
        window = _window(range, first, last)
        return cls(
            shops=_some("shop", shops, MOST_SHOPS),
            metrics=tuple(
                MetricName.parse(name) for name in _some("metric", metrics, MOST_METRICS)
            ),
            by=_by(by),
            period=None if window else Period.parse(range),
            window=window,
            against=_against(compare),
            filters=_filters(filters),
            currency=_currency(currency),
            model=model,
        )

    def until(self, last: date) -> Self:
        """The same of its days up to this one."""
        assert self.window is not None
        return replace(self, window=Window(self.window.first, last))

    @property
    def time(self) -> str | None:
        return next((name for name in self.by if name in TIME_DIMENSIONS), None)

    @property
    def by_shop(self) -> bool:
        return SHOP in self.by

    @property
    def rows(self) -> tuple[str, ...]:
        """The dimensions that are columns of a mart."""
        return tuple(name for name in self.by if name != SHOP and name not in TIME_DIMENSIONS)


def _some(field: str, given: Sequence[str], most: int) -> tuple[str, ...]:
    named = tuple(dict.fromkeys(given))
    if not named:
        raise QueryError(f"No {field} is named.", hint=f"Name at least one {field}.", field=field)
    if len(named) > most:
        raise QueryError(
            f"{len(named)} times {field} is too much at once.",
            hint=f"Ask for at most {most}, and for the others apart.",
            field=field,
        )
    return named


def _by(given: Sequence[str]) -> tuple[str, ...]:
    named = tuple(dict.fromkeys(given))
    times = [name for name in named if name in TIME_DIMENSIONS]
    if len(times) > 1:
        raise QueryError(
            f"A row cannot be {' and '.join(times)} at once.",
            hint=f"Split by one of {', '.join(TIME_DIMENSIONS)}.",
            field="by",
        )
    if len(named) > MOST_DIMENSIONS:
        raise QueryError(
            f"{len(named)} dimensions are too many.",
            hint=f"Split by at most {MOST_DIMENSIONS}.",
            field="by",
        )
    return named


def _window(range: str | None, first: date | None, last: date | None) -> Window | None:
    if first is None and last is None:
        return None
    if range is not None:
        raise QueryError(
            f"Both the range {range!r} and days of its own are named.",
            hint="Name either a range or a first and a last day.",
            field="range",
        )
    if first is None or last is None:
        missing, given = ("from", last) if first is None else ("to", first)
        raise QueryError(
            f"There is {given} and no {missing}.",
            hint="Name both the first and the last day.",
            field=missing,
        )
    if first > last:
        raise QueryError(
            f"The first day {first} is after the last one {last}.", hint="Swap them.", field="from"
        )
    if (last - first).days >= MOST_DAYS or first.year < 1990 or last.year > 9000:
        raise QueryError(
            f"{first} to {last} is no range of a shop's days.",
            hint=f"Ask for at most {MOST_DAYS} days, from 1990 on.",
            field="from",
        )
    return Window(first, last)


def _against(given: str | None) -> Against:
    try:
        return Against(given or Against.NONE)
    except ValueError:
        raise QueryError(
            f"Nothing is compared with {given!r}.",
            hint=f"Use one of {', '.join(Against)}.",
            field="compare",
        ) from None


def _currency(given: str | None) -> str | None:
    if given is None:
        return None
    if given.upper() in CURRENCIES:
        return given.upper()
    raise QueryError(
        f"{given[:20]!r} is no currency.", hint="Write an ISO code such as EUR.", field="currency"
    )


def _filters(given: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """`country:DE` twice for two countries; nothing after the colon for rows without one."""
    found: dict[str, tuple[str, ...]] = {}
    for text in given:
        name, colon, value = text.partition(":")
        if not colon or not name:
            raise QueryError(
                f"{text!r} is no filter.",
                hint="Write it like country:DE, once per value.",
                field="filter",
            )
        if name == SHOP or name in TIME_DIMENSIONS:
            raise QueryError(
                f"{name} is not filtered.",
                hint="Name shops with shop, and days with a range or from and to.",
                field="filter",
            )
        found[name] = (*found.get(name, ()), value)
    if len(found) > MOST_DIMENSIONS:
        raise QueryError(
            f"{len(found)} filters are too many.",
            hint=f"Filter by at most {MOST_DIMENSIONS} dimensions.",
            field="filter",
        )
    return found


RANGES = tuple(each.value for each in Range)
