"""The one question behind tiles, pages, API, command line and exports."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from sqlalchemy.orm import Session

from hotdash.insights.metrics.period import Window
from hotdash.insights.metrics.publication import (
    Windows,
)
from hotdash.insights.metrics.query.answer import Answer, AnswerRow, Cell
from hotdash.insights.metrics.query.buckets import buckets, name_of
from hotdash.insights.metrics.query.conversion import RATES
from hotdash.insights.metrics.query.evaluation import (
    Outcome,
    Readings,
    day_of,
    evaluate,
    looks_before_the_first_day,
)
from hotdash.insights.metrics.query.plan import Node
from hotdash.insights.metrics.query.provenance import Blocks, provenance_of
from hotdash.insights.metrics.query.question import Question
from hotdash.insights.metrics.query.read import Asked, read
from hotdash.insights.metrics.query.reading import Key
from hotdash.insights.metrics.query.snapshot import Snapshot
from hotdash.insights.metrics.registry import Registry
from hotdash.storage.appdb.repositories.standings import load_blocks
from hotdash.storage.marts import published_marts


def query(
    session: Session,
    question: Question,
    now: datetime,
    *,
    metrics: Registry | None = None,
    windows: Windows | None = None,
    assumed: Mapping[str, str] | None = None,
    manifests: Mapping[str, UUID] | None = None,
    snapshot: Snapshot | None = None,
    with_blocks: bool = False,
) -> Answer:
    """Within the snapshot and the rights of the session.

    Windows are days that somebody chose before; assumed are decisions to try out; manifests, by
    shop, are read instead of what is published: an older one, or one that is not shown yet. Whoever
    shares a snapshot between questions asks what is blocked once and apart, or wants it with each.
    """
    asked = read(session, question, now, metrics, windows, assumed, manifests, snapshot)
    shops = [shop_id for shop_id in question.shops if shop_id not in (manifests or {})]
    blocked = {} if snapshot and not with_blocks else load_blocks(session, shops, _marts(asked))
    return _answer(asked.nodes, asked.readings, asked.windows, now.date(), blocked)


def _marts(asked: Asked) -> list[str]:
    """Also the rates and the plans: what is converted or split by old ones rests on them."""
    marts = {mart for _, mart in asked.readings.publications} & published_marts().keys()
    marts |= {each.mart for each in asked.readings.plans.values()}
    conversion = asked.readings.conversion
    return sorted(marts | ({RATES} if conversion and conversion.bases else set[str]()))


def _answer(
    nodes: Sequence[Node],
    readings: Readings,
    windows: Mapping[str, Windows],
    today: date,
    blocked: Blocks,
) -> Answer:
    rows: list[AnswerRow] = []
    notes: dict[str, None] = {}
    for key in _keys(nodes, readings):
        row = _row(key, nodes, readings, notes)
        if row is not None:
            rows.append(row)
    return provenance_of(nodes, readings, windows, rows, list(notes), today, blocked)


def _keys(nodes: Sequence[Node], readings: Readings) -> list[Key]:
    found: dict[Key, None] = {}
    question = readings.question
    if not question.rows:
        for side in readings.sides:
            if side.number == 0:
                shop = side.shop_id if question.by_shop else None
                found.update(
                    ((shop, bucket, ()), None) for bucket in buckets(question.time, side.window)
                )
    for node in nodes:
        for each in node.nodes():
            for form in each.forms:
                if form.source is not None:
                    found.update((key, None) for _, key in readings.sums.get(form.source, {}))
                found.update((key, None) for _, key in readings.medians.get(id(form), {}))
    return sorted(found, key=_order)


def _order(key: Key) -> tuple[object, ...]:
    shop, bucket, dimensions = key
    values = tuple((each is None, "" if each is None else each) for each in dimensions)
    return bucket or date.min, shop or "", values


def _row(
    key: Key, nodes: Sequence[Node], readings: Readings, notes: dict[str, None]
) -> AnswerRow | None:
    current = readings.days(0, key)
    if not current:
        return None
    base = readings.days(1, key)
    cells: dict[str, Cell] = {}
    for node in nodes:
        value = evaluate(node, 0, key, readings)
        if value.partly and value.value is not None:
            notes[value.partly] = None
        cells[str(node.asked)] = _cell(value, _base(node, key, base, readings))
    shop, bucket, dimensions = key
    question = readings.question
    names: dict[str, object] = dict(zip(question.rows, map(day_of, dimensions), strict=True))
    if question.time is not None and bucket is not None:
        names[question.time] = name_of(question.time, bucket)
    if question.by_shop:
        names["shop"] = shop
    return AnswerRow(
        key={name: names[name] for name in question.by},
        days=_hull(current.values()),
        base_days=_hull(base.values()) if base else None,
        currency=_currency(readings, current),
        cells=cells,
        provisional=any(
            published.last_complete is None or window.last > published.last_complete
            for (shop_id, _), published in readings.publications.items()
            if (window := current.get(shop_id)) is not None
        ),
    )


def _base(node: Node, key: Key, days: Mapping[str, Window], readings: Readings) -> Outcome | None:
    """A base that begins before a shop's first known day would make every shop grow."""
    if not days:
        return None
    outcome = evaluate(node, 1, key, readings)
    if outcome.value is not None and not outcome.whole:
        return Outcome(None, f"No comparison: {outcome.partly or 'not all of its days are known.'}")
    if outcome.value is not None and (why := looks_before_the_first_day(node, days, readings)):
        return Outcome(None, f"No comparison: {why}")
    return outcome


def _cell(value: Outcome, base: Outcome | None) -> Cell:
    return Cell(
        value.value,
        base.value if base else None,
        value.why if value.value is None else None,
        base.why if base and base.value is None else None,
    )


def _hull(windows: Iterable[Window]) -> Window:
    known = list(windows)
    return Window(min(each.first for each in known), max(each.last for each in known))


def _currency(readings: Readings, days: Mapping[str, Window]) -> str | None:
    if readings.question.currency is not None:
        return readings.question.currency
    found = {
        each.currency for (shop_id, _), each in readings.publications.items() if shop_id in days
    }
    return found.pop() if len(found) == 1 else None
