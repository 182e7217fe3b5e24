"""Who is new and who came back, by hand: NEW, AGAIN or NEITHER for every order, told in two loads."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.fixtures.raw_customers import customer
from tests.fixtures.raw_orders import Line, Order, Row

NEW, AGAIN, NEITHER = "new", "again", "neither"
# By default nobody begins after a void first order, and an order for 0.00 is one.
NEVER, NEXT, ZEROLESS, TWIN = "never", "next", "zeroless", "twin"
POLICIES = ((NEXT, "after_void_first_order", "next_order"), (ZEROLESS, "zero_orders", "false"))


def order(order_id: int, day: str, price: str = "10.00", **more: Any) -> Order:
    lines = [Line(order_id * 10, price, discount=more.pop("discount", "0"))]
    return Order(order_id, f"{day}T12:00Z", lines, **more)


@dataclass(frozen=True)
class Bought:
    """`judged`: what each order is; `same` and `apart`: orders of one person, and of different ones."""

    name: str
    by_hand: str
    first_load: Sequence[Order]
    judged: Mapping[int, str]
    shop: str = NEVER
    second_load: Sequence[Order] = ()
    customers: tuple[Sequence[Row], Sequence[Row]] = field(default=((), ()))
    same: tuple[int, ...] = ()
    apart: tuple[int, ...] = ()


def void_first(shop: str, second: str) -> Bought:
    return Bought(
        "a cancelled first order",
        "1 is cancelled, 2 and 3 are good. 2 makes a new customer only where the next order may; it "
        "never came after a kept one, so it is no repeat under either policy. 3 comes after 2.",
        [
            order(1, "2026-01-05", customer_id=52, cancelled=True),
            order(2, "2026-01-06", customer_id=52),
            order(3, "2026-01-07", customer_id=52),
        ],
        {1: NEITHER, 2: second, 3: AGAIN},
        shop,
        same=(1, 2, 3),
    )


def refunded_first(shop: str, second: str) -> Bought:
    paid = order(11, "2026-01-08", customer_id=53)
    return Bought(
        "a first order refunded in full",
        "When 11 was loaded it was the first; then all of it was given back. 12 was a repeat until "
        "then, and is none any more.",
        [paid, order(12, "2026-01-09", customer_id=53)],
        {11: NEITHER, 12: second},
        shop,
        [paid.edited(status="REFUNDED", updated_at="2026-01-20T12:00Z")],
    )


def nothing_first(shop: str, zero: str, second: str) -> Bought:
    return Bought(
        "an order for 0.00",
        "21 costs nothing, 23 nothing after its discount of 10.00. Where they take part they are "
        "first orders and what follows is a repeat; where they do not, what follows is the first.",
        [
            order(21, "2026-01-10", "0.00", customer_id=54),
            order(22, "2026-01-11", customer_id=54),
            order(23, "2026-01-10", "10.00", discount="10.00", customer_id=55),
            order(24, "2026-01-11", customer_id=55),
        ],
        {21: zero, 22: second, 23: zero, 24: second},
        shop,
    )


CASES = (
    Bought(
        "two guests",
        "Two addresses are two people, and both are new.",
        [
            order(31, "2026-02-01", email="a@example.com"),
            order(32, "2026-02-02", email="b@example.com"),
        ],
        {31: NEW, 32: NEW},
        apart=(31, 32),
    ),
    Bought(
        "two guests who left no address",
        "Nothing says that they are one person.",
        [order(33, "2026-02-01"), order(34, "2026-02-02")],
        {33: NEW, 34: NEW},
        apart=(33, 34),
    ),
    Bought(
        "a guest comes again",
        "The same address, once in capitals and with a blank before it.",
        [
            order(35, "2026-02-03", email="c@example.com"),
            order(36, "2026-02-04", email=" C@Example.com"),
        ],
        {35: NEW, 36: AGAIN},
        same=(35, 36),
    ),
    Bought(
        "a guest who then makes an account",
        "Customer 60's order of 6 February has the guest's address: he was it on the 5th.",
        [order(37, "2026-02-05", email="d@example.com")],
        {37: NEW, 38: AGAIN},
        second_load=[order(38, "2026-02-06", email="d@example.com", customer_id=60)],
        same=(37, 38),
    ),
    Bought(
        "a guest whose record comes later",
        "Customer 61 ordered on the 8th; his record, with the address of the guest of the 7th, comes "
        "with the second load. The order of the 8th was a first one until then.",
        [order(39, "2026-02-07", email="e@example.com"), order(40, "2026-02-08", customer_id=61)],
        {39: NEW, 40: AGAIN},
        customers=((), [customer(61, "E@example.com")]),
        same=(39, 40),
    ),
    Bought(
        "a deleted customer",
        "62's record is deleted; the orders remain one person's, also the guest order with its address.",
        [order(41, "2026-02-09", customer_id=62), order(42, "2026-02-10", customer_id=62)],
        {41: NEW, 42: AGAIN, 43: AGAIN},
        second_load=[order(43, "2026-02-11", email="f@example.com")],
        customers=([customer(62, "f@example.com")], [customer(62, deleted=True)]),
        same=(41, 42, 43),
    ),
    Bought(
        "an address of two customers",
        "63 and 64 both ordered with it and neither's record holds it: the lower number has it.",
        [
            order(44, "2026-02-12", email="g@example.com", customer_id=64),
            order(45, "2026-02-13", email="g@example.com", customer_id=63),
            order(46, "2026-02-14", email="g@example.com"),
        ],
        {44: NEW, 45: NEW, 46: AGAIN},
        same=(45, 46),
        apart=(44, 46),
    ),
    Bought(
        "two orders of one instant",
        "The lower number comes first, whatever order they are told in.",
        [order(48, "2026-02-15", customer_id=65), order(47, "2026-02-15", customer_id=65)],
        {47: NEW, 48: AGAIN},
    ),
    Bought(
        "an earlier order that is loaded later",
        "50 was placed the day before 49.",
        [order(49, "2026-02-17", customer_id=66)],
        {49: AGAIN, 50: NEW},
        second_load=[order(50, "2026-02-16", customer_id=66)],
    ),
    Bought(
        "no order came of it",
        "A test, a payment still pending and one that was voided are no orders: the next is the first.",
        [
            order(51, "2026-02-18", customer_id=67, test=True),
            order(52, "2026-02-18", customer_id=67, status="PENDING"),
            order(53, "2026-02-18", customer_id=67, status="VOIDED"),
            order(54, "2026-02-19", customer_id=67),
        ],
        {51: NEITHER, 52: NEITHER, 53: NEITHER, 54: NEW},
    ),
    Bought(
        "a part given back",
        "An order of which a part was refunded is kept; a cancelled one in between changes nothing.",
        [
            order(55, "2026-02-20", customer_id=68, status="PARTIALLY_REFUNDED"),
            order(56, "2026-02-21", customer_id=68, cancelled=True),
            order(57, "2026-02-22", customer_id=68),
        ],
        {55: NEW, 56: NEITHER, 57: AGAIN},
    ),
    Bought(
        "the same numbers in another shop",
        "Order 2 of customer 52, alone: another shop's customer is another person, and new.",
        [order(2, "2026-01-06", customer_id=52)],
        {2: NEW},
        TWIN,
    ),
    void_first(NEVER, NEITHER),
    void_first(NEXT, NEW),
    refunded_first(NEVER, NEITHER),
    refunded_first(NEXT, NEW),
    nothing_first(NEVER, NEW, AGAIN),
    nothing_first(ZEROLESS, NEITHER, NEW),
)
