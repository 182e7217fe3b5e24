"""What becomes of an order after it was placed: each fate adds versions to its history."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from random import Random

from hotdash.simulators.order_parts import (
    draw_exactly,
    gift_card,
    goodwill,
    refund,
    refund_line,
    refund_shipping,
)
from hotdash.simulators.orders import Line, Order, Refund, Variant

HOUR = 3600
DAY = 24 * HOUR
LONGEST_HISTORY = 50 * DAY
_MOST_REFUNDS = 4

History = list[Order]
Fate = Callable[[History, Random, Sequence[Variant]], None]


def fulfill(history: History, chance: Random) -> None:
    last = history[-1]
    at = last.created_at + int((0.3 + 2.5 * chance.random()) * DAY)
    history.append(
        replace(
            last,
            event="fulfilled",
            fulfillment_status="FULFILLED",
            updated_at=at,
            fulfilled_at=at,
        )
    )


def paid(history: History, chance: Random, pool: Sequence[Variant]) -> None:
    fulfill(history, chance)


def marked_as_test(history: History, chance: Random, pool: Sequence[Variant]) -> None:
    history[0].is_test = True


def pending(history: History, chance: Random, pool: Sequence[Variant]) -> None:
    history[0].financial_status = "PENDING"
    if chance.random() < 0.5:
        _later(history, chance, 5 * DAY, "paid", financial_status="PAID")


def partially_paid(history: History, chance: Random, pool: Sequence[Variant]) -> None:
    history[0].financial_status = "PARTIALLY_PAID"
    if chance.random() < 0.4:
        _later(history, chance, 20 * DAY, "paid", financial_status="PAID")


def voided(history: History, chance: Random, pool: Sequence[Variant]) -> None:
    history[0].financial_status = "AUTHORIZED"
    at = history[0].created_at + HOUR + int(chance.random() * 3 * DAY)
    cancelled_at = at if chance.random() < 0.5 else None
    history.append(
        replace(
            history[0],
            event="voided",
            financial_status="VOIDED",
            cancelled_at=cancelled_at,
            updated_at=at,
        )
    )


def cancelled(history: History, chance: Random, pool: Sequence[Variant]) -> None:
    placed = history[0]
    at = placed.created_at + 600 + int(chance.random() * 10 * HOUR)
    history.append(
        replace(
            _refunded(placed, _whole_refund(placed, at, "CANCEL")),
            event="cancelled",
            cancelled_at=at,
        )
    )


def refunded_in_part(history: History, chance: Random, pool: Sequence[Variant]) -> None:
    fulfill(history, chance)
    _refund_some(history, chance)


def refunded_twice(history: History, chance: Random, pool: Sequence[Variant]) -> None:
    fulfill(history, chance)
    _refund_some(history, chance)
    last = history[-1]
    at = last.updated_at + HOUR + int(chance.random() * 4 * DAY)
    kind = goodwill(_next_refund_id(last), _small_amount(last))
    again = refund(last.shop, _next_refund_id(last), at, adjustments=[kind])
    history.append(_refunded(last, again))


def refunded_in_full(history: History, chance: Random, pool: Sequence[Variant]) -> None:
    fulfill(history, chance)
    last = history[-1]
    history.append(_refunded(last, _whole_refund(last, _return_instant(last, chance), "RETURN")))


def given_goodwill(history: History, chance: Random, pool: Sequence[Variant]) -> None:
    fulfill(history, chance)
    last = history[-1]
    kind = goodwill(_next_refund_id(last), _small_amount(last))
    given = refund(
        last.shop, _next_refund_id(last), _return_instant(last, chance), adjustments=[kind]
    )
    history.append(_refunded(last, given))


def shipping_refunded(history: History, chance: Random, pool: Sequence[Variant]) -> None:
    fulfill(history, chance)
    last = history[-1]
    lines = [
        refund_shipping(line, _next_refund_id(last))
        for line in last.shipping_lines
        if line.discounted_amount
    ]
    if lines:
        at = _return_instant(last, chance)
        history.append(
            _refunded(last, refund(last.shop, _next_refund_id(last), at, shipping_lines=lines))
        )


def unit_removed(history: History, chance: Random, pool: Sequence[Variant]) -> None:
    """An edit that takes a line out: Shopify tells it as a refund of that line."""
    placed = history[0]
    at = placed.created_at + HOUR + int(chance.random() * 8 * HOUR)
    line = placed.lines[-1]
    refund_id = _next_refund_id(placed)
    taken = refund_line(line, refund_id * 256, line.quantity, "CANCEL")
    history.append(
        replace(_refunded(placed, refund(placed.shop, refund_id, at, [taken])), event="edited")
    )
    fulfill(history, chance)


def line_added(history: History, chance: Random, pool: Sequence[Variant]) -> None:
    placed = history[0]
    at = placed.created_at + HOUR + int(chance.random() * 8 * HOUR)
    added = draw_exactly(
        placed.shop, chance, pool, placed.lines[0].line_id + 210, placed.lines[0].tax_rate, 1
    )
    edited = replace(
        placed,
        event="edited",
        lines=placed.lines + added,
        financial_status="PARTIALLY_PAID",
        updated_at=at,
    )
    history.append(edited)
    history.append(replace(edited, event="paid", financial_status="PAID", updated_at=at + 2 * HOUR))


def line_swapped(history: History, chance: Random, pool: Sequence[Variant]) -> None:
    """The first line leaves the order for good and another takes its place."""
    placed = history[0]
    at = placed.created_at + HOUR + int(chance.random() * 30 * HOUR)
    first = placed.lines[0]
    other = draw_exactly(placed.shop, chance, pool, first.line_id + 220, first.tax_rate, 1)
    history.append(replace(placed, event="edited", lines=other + placed.lines[1:], updated_at=at))


def with_gift_card(history: History, chance: Random, pool: Sequence[Variant]) -> None:
    placed = history[0]
    amount = 5_000
    placed.lines += (gift_card(placed.lines[0].line_id, amount),)
    fulfill(history, chance)


def backdated(history: History, chance: Random, pool: Sequence[Variant]) -> None:
    """Entered by hand some days after the sale."""
    history[0].processed_at -= int((0.5 + 2 * chance.random()) * DAY)


def shipping_replaced(history: History, chance: Random, pool: Sequence[Variant]) -> None:
    placed = history[0]
    if not placed.shipping_lines:
        return
    first = placed.shipping_lines[0]
    removed = replace(first, is_removed=True)
    placed.shipping_lines = (removed, replace(first, shipping_line_id=first.shipping_line_id + 1))
    fulfill(history, chance)


# Of every thousand orders in a row, this many meet each fate; the others are simply paid.
_PER_THOUSAND: tuple[tuple[Fate, int], ...] = (
    (marked_as_test, 4),
    (voided, 6),
    (pending, 10),
    (partially_paid, 5),
    (cancelled, 8),
    (refunded_in_part, 15),
    (refunded_twice, 3),
    (refunded_in_full, 8),
    (given_goodwill, 5),
    (shipping_refunded, 4),
    (unit_removed, 3),
    (line_added, 4),
    (line_swapped, 4),
    (with_gift_card, 10),
    (backdated, 4),
    (shipping_replaced, 6),
)
_FATES: tuple[Fate, ...] = tuple(fate for fate, count in _PER_THOUSAND for _ in range(count))


def fate_of(index: int) -> Fate:
    """Spread by a step that shares no factor with a thousand, so that small worlds have most."""
    place = index * 617 % 1000
    return _FATES[place] if place < len(_FATES) else paid


def _later(history: History, chance: Random, within: int, event: str, **changes: str) -> None:
    last = history[-1]
    at = last.updated_at + HOUR + int(chance.random() * within)
    history.append(replace(last, event=event, updated_at=at, **changes))  # type: ignore[arg-type]


def _refund_some(history: History, chance: Random) -> None:
    last = history[-1]
    at = _return_instant(last, chance)
    refund_id = _next_refund_id(last)
    chosen = [line for line in last.lines if chance.random() < 0.5] or [last.lines[0]]
    lines = [
        refund_line(
            line, refund_id * 256 + place, 1 + int(chance.random() * line.quantity), "RETURN"
        )
        for place, line in enumerate(chosen)
    ]
    history.append(_refunded(last, refund(last.shop, refund_id, at, lines)))


def _whole_refund(order: Order, at: int, restock_type: str) -> Refund:
    refund_id = _next_refund_id(order)
    lines = [
        refund_line(line, refund_id * 256 + place, line.quantity, restock_type)
        for place, line in enumerate(order.lines)
    ]
    shipping = [
        refund_shipping(line, refund_id) for line in order.shipping_lines if line.discounted_amount
    ]
    return refund(order.shop, refund_id, at, lines, shipping)


def _refunded(order: Order, added: Refund) -> Order:
    refunds = (*order.refunds, added)
    taken = {line.line_id: line.quantity for line in added.lines}
    version = replace(
        order,
        event="refunded",
        refunds=refunds,
        lines=tuple(_without(line, taken.get(line.line_id, 0)) for line in order.lines),
        updated_at=added.created_at,
    )
    whole = version.total_refunded >= version.total_price
    version.financial_status = "REFUNDED" if whole else "PARTIALLY_REFUNDED"
    return version


def _without(line: Line, units: int) -> Line:
    return replace(line, current_quantity=line.current_quantity - units) if units else line


def order_of_refund(refund_id: int) -> int:
    return refund_id // _MOST_REFUNDS


def _next_refund_id(order: Order) -> int:
    return order.order_id * _MOST_REFUNDS + len(order.refunds)


def _return_instant(order: Order, chance: Random) -> int:
    return order.updated_at + 2 * HOUR + int(chance.random() ** 2 * 40 * DAY)


def _small_amount(order: Order) -> int:
    whole_unit = 1 if order.shop.currency == "JPY" else 100
    return max(whole_unit, order.total_price // 10 // whole_unit * whole_unit)
