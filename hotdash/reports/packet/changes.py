"""What changed against the week before, and which orders, channels, products and segments it came from."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from hotdash.insights.contributions import (
    Part,
    RatioPart,
    drivers_of_product,
    drivers_of_ratio,
    drivers_of_sum,
    rounded,
)
from hotdash.insights.metrics.query.answer import Answer, AnswerRow
from hotdash.insights.metrics.registry import registry
from hotdash.insights.statements import statement
from hotdash.reports.packet import words
from hotdash.reports.packet.asking import Asking, blocked_because
from hotdash.reports.packet.contract import Breakdown, Driver
from hotdash.reports.packet.trends import unit_of

ROAS_MART = "fct_roas"
SUM_METHOD = (
    "Each row is what this part had this week less what it had the week before. Other is the change "
    "that belongs to none of them."
)
CHANNEL_METHOD = (
    "Revenue credited by last click within the shop's window, by channel. Other is revenue of orders "
    "that no visit is known for. " + SUM_METHOD.partition(". ")[0] + "."
)
PRODUCT_METHOD = (
    "Orders times order value is revenue. Each one's effect is its change at the mean of the other "
    "over both weeks, so that neither goes first."
)
RATIO_METHOD = (
    "Mix: how much the part's share of the whole changed, times how far its own value (mean of both "
    "weeks) lies from the whole's. Rate: how much its own value changed, times its mean share. "
    "A part that is not there in one of the weeks counts as mix alone."
)
_PER = "orders"


def changes(asking: Asking) -> tuple[Breakdown, ...]:
    whole = _whole(asking)
    return (
        _orders_and_value(asking, whole),
        _channels(asking, whole),
        _split(asking, whole, "product", "Revenue by product"),
        _split(asking, whole, "segment", "Revenue by customer segment"),
        _value_by_segment(asking, whole),
        _roas_by_platform(asking),
    )


def _whole(asking: Asking) -> Answer:
    return _both(asking, ["revenue", "orders", "aov"])


def _both(asking: Asking, metrics: Sequence[str], by: Sequence[str] = ()) -> Answer:
    """Of the week and the one before."""
    return asking.answer(metrics, asking.week.window, by=by, base=asking.week.before(1).window)


def _missing(answer: Answer, metric: str) -> str | None:
    """Why a change cannot be told."""
    blocked = blocked_because(dict(answer.shops[0].blocked))
    if blocked is not None:
        return blocked
    if not answer.rows:
        return "Nothing is known of either week."
    cell = answer.only(metric)
    if cell.value is None:
        return cell.why or "Not known for this week."
    if cell.base is None:
        return cell.why_no_base or "Not known for the week before."
    return None


def _none(name: str, title: str, unit: str, query: str, why: str) -> Breakdown:
    return Breakdown(name, title, unit, None, None, (), "", query, words.reason(why))


def _told(
    name: str,
    title: str,
    unit: str,
    totals: tuple[Decimal, Decimal],
    drivers: tuple[Driver, ...],
    method: str,
    query: str,
) -> Breakdown:
    now, before = (rounded(each, words.least(unit)) for each in totals)
    return Breakdown(name, title, unit, now, before, drivers, method, query)


def _totals(answer: Answer, metric: str) -> tuple[Decimal, Decimal]:
    cell = answer.only(metric)
    return cell.value or Decimal(0), cell.base or Decimal(0)


def _orders_and_value(asking: Asking, whole: Answer) -> Breakdown:
    name, title, unit = "orders-and-value", "Revenue by orders and order value", asking.currency
    query = asking.linked(name, title, asking.explore(["revenue", "orders", "aov"]))
    why = _missing(whole, "revenue") or _missing(whole, "aov")
    if why is None and not all(_totals(whole, _PER)):
        why = "There was no order in one of the weeks."
    if why is not None:
        return _none(name, title, unit, query, why)
    now, before = _totals(whole, "revenue")
    drivers = drivers_of_product(
        Part("Number of orders", *_totals(whole, "orders")),
        "Order value (AOV)",
        now,
        before,
        words.least(unit),
    )
    return _told(name, title, unit, (now, before), drivers, PRODUCT_METHOD, query)


def _channels(asking: Asking, whole: Answer) -> Breakdown:
    name, title, unit = "channel", "Revenue by channel", asking.currency
    published = asking.published(ROAS_MART)[ROAS_MART]
    why = _missing(whole, "revenue") or asking.block_of(ROAS_MART)
    if why is None and not published.parts:
        why = "No attribution is published for this shop."
    why = why or asking.not_compared(ROAS_MART)
    week, base = asking.week.window, asking.week.before(1).window
    asked = {
        "shop_id": asking.shop_id,
        "parts": sorted({*published.parts_of(week), *published.parts_of(base)}),
        "first": week.first,
        "last": week.last,
        "base_first": base.first,
        "base_last": base.last,
    }
    rows: Sequence[Any] = []
    with asking.recorder.recording(f"revenue-by-{name}", title) as query:
        if why is None:
            rows = asking.session.execute(statement(__file__, "channels.sql"), asked).all()
    if why is not None:
        return _none(name, title, unit, query, why)
    parts = [Part(words.label(row.name), row.now, row.before) for row in rows]
    now, before = _totals(whole, "revenue")
    drivers = drivers_of_sum(parts, now, before, words.least(unit))
    return _told(name, title, unit, (now, before), drivers, CHANNEL_METHOD, query)


_NOTHING = {"product": "Shipping and amounts of no product", "segment": "No segment"}


def _split(asking: Asking, whole: Answer, dimension: str, title: str) -> Breakdown:
    unit = asking.currency
    url = asking.explore(["revenue"], by=[dimension])
    with asking.recorder.recording(f"revenue-by-{dimension}", title, url) as query:
        answer = _both(asking, ["revenue"], [dimension])
    why = _missing(whole, "revenue") or blocked_because(dict(answer.shops[0].blocked))
    why = why or _unknown_of(answer, "revenue", title)
    why = why or asking.not_compared(*answer.metrics[0].marts)
    if why is not None:
        return _none(dimension, title, unit, query, why)
    now, before = _totals(whole, "revenue")
    parts = [_part(row, dimension) for row in answer.rows]
    drivers = drivers_of_sum(parts, now, before, words.least(unit))
    return _told(dimension, title, unit, (now, before), drivers, SUM_METHOD, query)


def _unknown_of(answer: Answer, metric: str, title: str) -> str | None:
    """One part whose value is not known would be hidden in Other."""
    if not any(row.cells[metric].value is not None for row in answer.rows):
        reasons = [row.cells[metric].why for row in answer.rows if row.cells[metric].why]
        return reasons[0] if reasons else f"{title} is not published."
    return None


def _name(row: AnswerRow, dimension: str) -> str:
    value = row.key[dimension]
    named = str(value) if value not in (None, "") else _NOTHING.get(dimension, "None")
    return named if dimension == "product" else words.label(named)


def _part(row: AnswerRow, dimension: str) -> Part:
    cell = row.cells["revenue"]
    return Part(_name(row, dimension), cell.value or Decimal(0), cell.base or Decimal(0))


def _ratio_part(row: AnswerRow, dimension: str, above: str, below: str) -> RatioPart:
    values = [
        found or Decimal(0)
        for name in (above, below)
        for found in (row.cells[name].value, row.cells[name].base)
    ]
    now, before, per_now, per_before = values
    return RatioPart(_name(row, dimension), now, per_now, before, per_before)


def _value_by_segment(asking: Asking, whole: Answer) -> Breakdown:
    name, title, unit = "value-by-segment", "Order value (AOV) by customer segment", asking.currency
    url = asking.explore(["aov"], by=["segment"])
    with asking.recorder.recording(name, title, url) as query:
        answer = _both(asking, ["revenue", _PER], ["segment"])
    why = _missing(whole, "aov") or blocked_because(dict(answer.shops[0].blocked))
    why = why or _unknown_of(answer, "revenue", title)
    why = why or asking.not_compared(*answer.metrics[0].marts)
    if why is not None:
        return _none(name, title, unit, query, why)
    revenue, orders = _totals(whole, "revenue"), _totals(whole, _PER)
    drivers = drivers_of_ratio(
        [_ratio_part(row, "segment", "revenue", _PER) for row in answer.rows],
        RatioPart(title, revenue[0], orders[0], revenue[1], orders[1]),
        words.least(unit),
    )
    return _told(name, title, unit, _totals(whole, "aov"), drivers, RATIO_METHOD, query)


def _roas_by_platform(asking: Asking) -> Breakdown:
    name, title = "roas-by-platform", "ROAS by advertising platform"
    unit = unit_of(registry().get("roas"), asking.currency)
    parts_of = ["attributed_revenue", "ad_spend"]
    with asking.recorder.recording(name, title, asking.explore(["roas"], by=["platform"])) as query:
        whole = _both(asking, ["roas", *parts_of])
        answer = _both(asking, parts_of, ["platform"])
    why = next(filter(None, (_missing(whole, each) for each in ("roas", *parts_of))), None)
    totals = [_totals(whole, each) for each in parts_of] if why is None else []
    if why is None and not all(totals[1]):
        why = "There was no ad spend in one of the weeks."
    if why is None and not _is_of_all_spend(whole):
        why = "A part of the spend is not known, so platforms would not add up to the whole."
    if why is not None:
        return _none(name, title, unit, query, why)
    drivers = drivers_of_ratio(
        [
            _ratio_part(row, "platform", *parts_of)
            for row in answer.rows
            if row.cells["ad_spend"].value or row.cells["ad_spend"].base
        ],
        RatioPart(title, totals[0][0], totals[1][0], totals[0][1], totals[1][1]),
        words.least(unit),
    )
    return _told(name, title, unit, _totals(whole, "roas"), drivers, RATIO_METHOD, query)


def _is_of_all_spend(whole: Answer) -> bool:
    """ROAS leaves out spend of days that are only partly known; then it is no ratio of these two."""
    roas, revenue, spend = (
        _totals(whole, each) for each in ("roas", "attributed_revenue", "ad_spend")
    )
    unit = Decimal("0.000001")
    return all(
        rounded(revenue[side] / spend[side], unit) == rounded(roas[side], unit) for side in (0, 1)
    )
