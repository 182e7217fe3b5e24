"""Every tile is computed here: its definition says of what, the metrics say how, the state follows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from hotdash.insights.metrics.definition import Metric
from hotdash.insights.metrics.period import Period
from hotdash.insights.metrics.publication import Published, Windows
from hotdash.insights.metrics.query.answer import Cell
from hotdash.insights.metrics.query.known_rows import KnownRows, read_back
from hotdash.insights.metrics.query.snapshot import Snapshot
from hotdash.insights.metrics.registry import registry
from hotdash.insights.statements import statement
from hotdash.insights.tiles import wording
from hotdash.insights.tiles.catalog import definition_of
from hotdash.insights.tiles.contract import (
    ActionKind,
    ContextItem,
    Direction,
    Fact,
    NextAction,
    Tile,
    TileState,
)
from hotdash.insights.tiles.definition import (
    Found,
    Gauges,
    Listed,
    Reading,
    TileDefinition,
    TileSource,
)
from hotdash.insights.tiles.situation import PublicationNews, load_news
from hotdash.insights.tiles.state import (
    Judged,
    Judgement,
    Situation,
    SourceMark,
    judge,
    severity,
)
from hotdash.insights.tiles.trouble import Blocked, Pin, Reprocessing
from hotdash.insights.tiles.values import (
    Values,
    against,
    delta_of,
    load_values,
    shown,
    unit_of,
    windows_of,
)

ORDERS = "shopify"


def load_tiles(
    session: Session,
    names: Sequence[str],
    shop_id: str,
    period: Period,
    now: datetime,
    *,
    orders_fresh_within: timedelta | None = None,
    gauges: Gauges | None = None,
) -> list[Tile]:
    """Of one snapshot, with what was read of its publication beforehand."""
    snapshot = Snapshot(session)
    definitions = [definition_of(name) for name in names]
    found = snapshot.publications([shop_id], [mart for each in definitions for mart in each.marts])
    published = next(iter(found.values())).manifest
    read_before = [each.name for each in definitions if not each.is_live]
    snapshot.known = _known_rows(session, shop_id, published, period, read_before)
    return [
        load_tile(
            *(session, name, shop_id, period, now),
            orders_fresh_within=orders_fresh_within,
            gauges=gauges,
            snapshot=snapshot,
        )
        for name in names
    ]


def _known_rows(
    session: Session,
    shop_id: str,
    published: UUID | None,
    period: Period,
    names: Sequence[str],
) -> KnownRows:
    if published is None or not names:
        return KnownRows()
    asked = {
        "shop_id": shop_id,
        "manifest_id": published,
        "tiles": list(names),
        "span": period.range.value,
        "compared": period.compare.value,
    }
    documents = session.scalars(statement(__file__, "known_rows.sql"), asked)
    return KnownRows({key: rows for each in documents for key, rows in read_back(each).items()})


def load_tile(
    session: Session,
    name: str,
    shop_id: str,
    period: Period,
    now: datetime,
    *,
    orders_fresh_within: timedelta | None = None,
    gauges: Gauges | None = None,
    snapshot: Snapshot | None = None,
) -> Tile:
    """With the rights of the session; several tiles of one snapshot share what they all read."""
    definition, shared = definition_of(name), snapshot or Snapshot(session)
    known = shared.known or KnownRows()
    found = shared.publications([shop_id], definition.marts)
    publications = {mart: published for (_, mart), published in found.items()}
    headline = publications[definition.rests_on[0]]
    windows = windows_of(definition, headline, period, now)
    values = load_values(shared, definition, headline, windows, period, now)
    listed = definition.load(
        Reading(
            *(session, now, period, windows, headline, publications, values.cells, values.days),
            gauges=gauges or Gauges(),
            known=known,
        )
    )
    news = load_news(session, shop_id, definition.marts)
    limits = {ORDERS: orders_fresh_within} if orders_fresh_within else {}
    facts = _Facts(
        definition, now, period, windows, headline, publications, values, listed, news, limits
    )
    return facts.tile()


@dataclass(frozen=True)
class _Facts:
    """Everything a tile is computed from, read in one snapshot."""

    definition: TileDefinition
    now: datetime
    period: Period
    windows: Windows
    headline: Published
    publications: Mapping[str, Published]
    values: Values
    listed: Listed
    news: PublicationNews
    limits: Mapping[str, timedelta]

    def tile(self) -> Tile:
        metric, cell = self._metric, self._cells[self.definition.metric]
        judged = self._judged()
        value = None if self._is_nothing(judged[0]) else judged[0].value
        judgement = self._judgement(judged, value)
        return Tile(
            tile=self.definition.name,
            title=self.definition.title,
            state=judgement.state,
            metric=metric.name,
            metric_title=metric.title,
            metric_version=metric.version,
            value=value,
            unit=unit_of(metric, self.headline.currency),
            direction=Direction(metric.direction),
            next_action=judgement.next_action,
            delta=judged[0].delta if value is not None else None,
            series=self.values.days,
            context=[self._item(each.metric) for each in self.definition.context],
            facts=[self._period_fact(), *self.listed.facts],
            lists=self.listed.lists,
            as_of=self._as_of,
            known_at=self._known_at,
            build=self.headline.build,
            provisional=judgement.state in (TileState.REPROCESSING, TileState.DEGRADED),
            reasons=[*judgement.reasons, *self._silences(cell)],
            blocked=self._blocked,
            kept_back=self._kept_back,
            under_way=self._under_way,
            window=self.windows.current,
            base_window=self.windows.base,
            timezone=self.headline.timezone,
            currency=self.headline.currency,
            grows_old_at=[
                self._as_of[source.name] + self._limit(source)
                for source in self.definition.sources
                if source.name in self._as_of
            ],
        )

    @property
    def _is_published(self) -> bool:
        shown = self.headline.manifest if self.definition.is_live else self.headline.build
        return shown is not None

    @property
    def _blocked(self) -> Blocked | None:
        return self.news.blocked_of(self.definition.rests_on)

    @property
    def _kept_back(self) -> Blocked | None:
        return self.news.blocked_of(self.definition.shows)

    @property
    def _under_way(self) -> Reprocessing | None:
        return self.news.reprocessing(is_published=self._is_published)

    @property
    def _metric(self) -> Metric:
        return registry().get(self.definition.metric)

    @property
    def _cells(self) -> dict[str, Cell]:
        counts = {name: Cell(Decimal(count)) for name, count in self.listed.counts.items()}
        return {**self.values.cells, **counts}

    def _judged(self) -> list[Judged]:
        """The headline first."""
        beside = [each.metric for each in self.definition.context if each.is_judged]
        return [self._judged_of(name) for name in (self.definition.metric, *beside)]

    def _judged_of(self, name: str) -> Judged:
        metric, item = registry().get(name), self._item(name)
        direction = Direction(metric.direction)
        return Judged(metric.title, direction, metric.thresholds, item.unit, item.value, item.delta)

    def _item(self, name: str) -> ContextItem:
        metric, currency = registry().get(name), self.headline.currency
        cell = self._cells.get(name, Cell(None, why="It has not been published yet."))
        return ContextItem(
            metric.name,
            metric.title,
            shown(cell.value, metric, currency),
            unit_of(metric, currency),
            delta_of(metric, cell, against(self.period, self.windows.current), currency),
            cell.why,
            self.values.last_days.get(name),
        )

    def _is_nothing(self, headline: Judged) -> bool:
        """A value of zero may be a true one; the metric that counts what is behind it tells."""
        if headline.value is None:
            return True
        counted_by = self.definition.counted_by
        if counted_by is None or headline.value or headline.delta is not None:
            return False
        return not self._cells[counted_by].value

    def _judgement(self, judged: Sequence[Judged], value: Decimal | None) -> Judgement:
        found = Found(
            severity(judged), self._cells, self.listed, self.windows, self.headline.first_day
        )
        is_empty = value is None and found.state is TileState.OK
        headline, held = self.headline, self.headline.held
        unread = self._unread()
        step = self.definition.next_step(found)
        return judge(
            Situation(
                now=self.now,
                timezone=headline.timezone,
                judged=judged,
                is_published=self._is_published,
                sources=self._marks(),
                missing=self._missing(found, unread) if is_empty else None,
                if_missing=NextAction(ActionKind.CONNECT, unread.connect) if unread else None,
                last_trusted=self._last_trusted(value),
                blocked=self._blocked,
                kept_back=self._kept_back,
                reprocessing=self._under_way,
                pin=Pin(held.by, held.at, held.reason) if held else None,
                if_fine=step,
                if_moved=step,
            )
        )

    @property
    def _as_of(self) -> dict[str, datetime]:
        """A source beside the headline is as old as what is shown of it, not as the headline."""
        found = dict[str, datetime]()
        for source in self.definition.sources:
            marts = self.definition.marts if source.is_beside else self.definition.rests_on
            known = [self.publications[mart].as_of for mart in marts]
            oldest = min((each[source.name] for each in known if source.name in each), default=None)
            if oldest is not None:
                found[source.name] = oldest
        return found

    @property
    def _known_at(self) -> datetime | None:
        """Of the sources that the headline needs; where it needs none, of those beside it."""
        sources = self.definition.sources
        carrying = [source for source in sources if not source.is_beside] or sources
        known = [self._as_of[each.name] for each in carrying if each.name in self._as_of]
        return min(known, default=None)

    def _unread(self) -> TileSource | None:
        """The first source that the headline needs and nobody connected."""
        if self.headline.first_day is not None:
            return None
        return next(
            (
                source
                for source in self.definition.sources
                if not source.is_beside and source.name not in self._as_of
            ),
            None,
        )

    def _marks(self) -> list[SourceMark]:
        unread = self._unread()
        return [
            SourceMark(
                source.title, self._as_of.get(source.name), self._limit(source), source.is_beside
            )
            for source in self.definition.sources
            if source.name in self._as_of or not (source.is_beside or source is unread)
        ]

    def _limit(self, source: TileSource) -> timedelta:
        return self.limits.get(source.name, source.fresh_within)

    def _missing(self, found: Found, unread: TileSource | None) -> str:
        if unread is not None:
            return f"{unread.title} have not been connected and read yet."
        return self.definition.missing(found)

    def _last_trusted(self, value: Decimal | None) -> str | None:
        if value is None or not self.headline.as_of:
            return None
        window, zone = self.windows.current, self.headline.timezone
        at = wording.moment(min(self.headline.as_of.values()), zone)
        amount = wording.amount(value, unit_of(self._metric, self.headline.currency))
        return (
            f"Last trusted: {amount} for the {window.length} days to {wording.day(window.last)}, "
            f"from data as of {at}."
        )

    def _period_fact(self) -> Fact:
        window = self.windows.current
        first, last = wording.day(window.first), wording.day(window.last)
        today = "with today so far" if self.definition.is_standing else "today excluded"
        return Fact("period", f"{first} to {last}, {self.headline.timezone} days, {today}")

    def _silences(self, cell: Cell) -> list[str]:
        """Why there is no comparison, where one was asked for."""
        base, first_day = self.windows.base, self.headline.first_day
        if self.definition.is_live or base is None or cell.base is not None or first_day is None:
            return []
        if base.first < first_day:
            return [f"No comparison: the first known day is {wording.day(first_day)}."]
        return []
