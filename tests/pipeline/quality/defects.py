"""One shop per defect, and a sound one beside them: whom a check may name, and whom not."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from hotdash.base.clock import parse_iso
from tests.fixtures.raw_orders import Line, Order, Product, Refund, money
from tests.fixtures.raw_world import RawWorld
from tests.fixtures.touches import before, tell_journey, visit
from tests.pipeline.quality.recent_defects import (
    clicks_without_marks,
    nineteen_orders_of_nobody,
    orders_of_nobody,
    parcel_of_a_deleted_order,
    parcel_of_no_order,
    sudden_day,
)

AT = "2026-05-04T12:00Z"
DAY = "2026-05-04"
LINE = {"title": "x", "quantity": 1, "is_gift_card": False}
AMOUNTS = {name: money(1) for name in ("original_total", "discount_total", "tax_total")}


def order(order_id: int = 1, price: str = "10.00", **changes: object) -> Order:
    return Order(order_id, AT, [Line(order_id, price)]).edited(**changes)


def refund(refund_id: int, **given: object) -> list[Refund]:
    return [Refund(refund_id, AT, **given)]  # pyright: ignore[reportArgumentType]


@dataclass(frozen=True)
class Defect:
    """expected: the checks that must name the shop; no other check may."""

    shop: str
    expected: frozenset[str]
    tell: Callable[[RawWorld, str], object]
    timezone: str | None = "Europe/Berlin"
    severity: str = "blocking"


def _defect(
    shop: str, expected: str, tell: Callable[[RawWorld, str], object], **more: str
) -> Defect:
    return Defect(shop, frozenset(expected.split()), tell, **more)


def twice_in_one_load(world: RawWorld, shop: str) -> None:
    world.load(shop, [order(), order()], days={DAY: 1})


def count_that_does_not_reconcile(world: RawWorld, shop: str) -> None:
    world.load(shop, [order()], days={DAY: 2})


def day_without_orders_that_has_one(world: RawWorld, shop: str) -> None:
    world.load(shop, [order()], days={DAY: 0})


def goodwill_beyond_the_month(world: RawWorld, shop: str) -> None:
    world.load(shop, [order(refunds=refund(1, goodwill=("99.00", "0")))])


def goodwill_day_in_a_good_month(world: RawWorld, shop: str) -> None:
    generous = order(refunds=refund(1, goodwill=("99.00", "0")))
    world.load(shop, [generous, order(2, "500.00", at="2026-05-05T12:00Z")])


def negative_price(world: RawWorld, shop: str) -> None:
    dear = order(2, "500.00", at="2026-05-05T12:00Z")
    world.load(shop, [order(price="-10.00"), dear])


def negative_quantity(world: RawWorld, shop: str) -> None:
    world.load(shop, [Order(1, AT, [Line(1, "0.00", -3)])])


def no_processed_at(world: RawWorld, shop: str) -> None:
    row = order().rows()["orders"][0] | {"processed_at": None}
    world.load(shop, told={"orders": [row]})


def lines_without_amounts(world: RawWorld, shop: str) -> None:
    rows = order().rows()
    rows["order_lines"][0]["original_total"] = None
    world.load(shop, told=rows)


def status_missing_too_often(world: RawWorld, shop: str) -> None:
    orders = [order(number, status=None if number < 3 else "PAID") for number in range(1, 11)]
    world.load(shop, orders)


def status_missing_seldom(world: RawWorld, shop: str) -> None:
    orders = [order(number, status=None if number < 2 else "PAID") for number in range(1, 11)]
    world.load(shop, orders)


def orders_that_lost_their_lines(world: RawWorld, shop: str) -> None:
    rows = order().rows()
    del rows["order_lines"]
    world.load(shop, told=rows)


def orphaned_line(world: RawWorld, shop: str) -> None:
    world.load(
        shop, [order()], told={"order_lines": [LINE | AMOUNTS | {"order_id": 77, "line_id": 1}]}
    )


def orphan_that_was_read_again(world: RawWorld, shop: str) -> None:
    world.load(shop, told={"order_lines": [LINE | AMOUNTS | {"order_id": 1, "line_id": 1}]})
    world.load(shop, [order()])


def orphaned_parts(world: RawWorld, shop: str) -> None:
    """Of an order that is not there, and of a return that is not in its order's version."""
    own = {"order_id": 77}
    allotted = own | {"on_shipping": False, "line_id": 1, "place": 0}
    told = {
        "order_discounts": [own | {"application_index": 0}],
        "discount_allocations": [allotted],
        "tax_lines": [allotted],
        "transactions": [own | {"transaction_id": 1}],
        "returns": [own | {"return_id": 1}],
        "return_lines": [{"order_id": 1, "return_id": 9, "return_line_id": 1}],
    }
    world.load(shop, [order()], told=told)


def orphaned_refund(world: RawWorld, shop: str) -> None:
    world.load(shop, [order()], told={"refunds": [{"order_id": 77, "refund_id": 1}]})


def refunded_line_of_no_refund(world: RawWorld, shop: str) -> None:
    line = {
        "order_id": 1,
        "refund_id": 9,
        "line_id": 1,
        "subtotal": money(1),
        "total_tax": money(0),
    }
    world.load(shop, [order()], told={"refund_lines": [line]})


def refund_of_no_line(world: RawWorld, shop: str) -> None:
    world.load(shop, [order(refunds=refund(1, lines=[(99, "1.00", "0")]))])


def shipping_without_amount(world: RawWorld, shop: str) -> None:
    shipping = {"order_id": 1, "shipping_line_id": 1, "is_removed": False, "tax_total": money(0)}
    world.load(shop, [order()], told={"order_shipping_lines": [shipping]})


def lost_shipping(world: RawWorld, shop: str) -> None:
    world.load(
        shop, [order()], told={"order_shipping_lines": [{"order_id": 77, "shipping_line_id": 1}]}
    )


def refunded_shipping_of_no_refund(world: RawWorld, shop: str) -> None:
    shipping = {"order_id": 1, "refund_id": 9, "refund_shipping_line_id": 1}
    world.load(shop, [order()], told={"refund_shipping_lines": [shipping]})


def adjustment_of_no_refund(world: RawWorld, shop: str) -> None:
    adjustment = {"order_id": 1, "refund_id": 9, "adjustment_id": 1}
    world.load(shop, [order()], told={"order_adjustments": [adjustment]})


def refund_without_amounts(world: RawWorld, shop: str) -> None:
    rows = order(refunds=refund(1, lines=[(1, "1.00", "0")])).rows()
    rows["refund_lines"][0]["subtotal"] = None
    world.load(shop, told=rows)


def foreign_currency(world: RawWorld, shop: str) -> None:
    world.load(shop, [order(currency="EUR")])


def unknown_timezone(world: RawWorld, shop: str) -> None:
    world.load(shop, [order()])


def amounts_beyond_all_bounds(world: RawWorld, shop: str) -> None:
    """Each line fits, their sum does not: nothing may abort for the other shops."""
    rows = Order(1, AT, [Line(number, "9999999999999998.00") for number in (1, 2, 3)]).rows()
    rows["orders"][0]["total_price"] = money(1)
    world.load(shop, told=rows)


def units_beyond_all_bounds(world: RawWorld, shop: str) -> None:
    lines = [Line(number, "0.00", 9_000_000_000_000_000_000) for number in (1, 2)]
    world.load(shop, [Order(1, AT, lines)])


def impossible_tax_rate(world: RawWorld, shop: str) -> None:
    line = Line(1, "10.00", discount="1.00", rate="-1")
    world.load(shop, [Order(1, AT, [line], taxes_included=True)])


def absurd_tax_rate(world: RawWorld, shop: str) -> None:
    """What was charged stays right, the discount is absurd; it may not abort the model for the others."""
    line = Line(1, "10.00", discount="1.00", rate="999")
    world.load(shop, [Order(1, AT, [line], taxes_included=True)])


def unknown_status(world: RawWorld, shop: str) -> None:
    world.load(shop, [order(status="CONFISCATED")])


def unreadable_record(world: RawWorld, shop: str) -> None:
    world.load(shop, [order()])
    world.quarantine(shop, "shopify_orders", "total_price is not a number")


def order_unreadable_since(world: RawWorld, shop: str) -> None:
    """Later loads do not bring it again, and do not make its older figures right."""
    world.load(shop, [order(), order(2)])
    world.quarantine(shop, "shopify_orders", "total_price is not a number", "1")
    world.load(shop, [order(2)])


def order_read_at_last(world: RawWorld, shop: str) -> None:
    order_unreadable_since(world, shop)
    world.load(shop, [order()])


def slices_that_stand_twice(world: RawWorld, shop: str) -> None:
    day = {"day": date(2026, 5, 4)}
    seen = {"landing_page": "/", "source": "google", "medium": "organic", "campaign": "(organic)"}
    told: dict[str, dict[str, Any]] = {
        "ga4_traffic": {**seen, "channel_group": "Organic Search", "sessions": 1},
        "ga4_product_views": {"page_path": "/products/a", "views": 1},
        "ga4_report_days": {"report": "traffic", "rows": 1},
        "search_console_queries": {
            "page": "/",
            "query": "an fittings",
            "clicks": 1,
            "impressions": 9,
        },
        "search_console_days": {"aggregation": "BY_PAGE", "clicks": 1},
    }
    world.slices(shop, "ga4", {table: [{**day, **row}] * 2 for table, row in told.items()})


def unheard_of_source(world: RawWorld, shop: str) -> None:
    world.load(shop, [order()])
    link = "utm_source=mystery&utm_medium=box"
    tell_journey(world, shop, {1: [visit(1, before(AT, hours=1), link)]})


def heard_support(world: RawWorld, shop: str) -> None:
    own = {"conversation_id": 1}
    told = {
        "chatwoot_conversations": [own | {"status": "open", "created_at": parse_iso(AT)}],
        "chatwoot_messages": [own | {"message_id": 1, "message_type": "incoming"}],
        "chatwoot_csat": [own | {"csat_id": 1, "rating": 5}],
    }
    world.tell(shop, "chatwoot", told)


def unheard_support(world: RawWorld, shop: str) -> None:
    never = datetime(1970, 1, 1, tzinfo=UTC)
    told = {
        "chatwoot_conversations": [{"conversation_id": 1, "status": "asleep", "created_at": never}],
        "chatwoot_messages": [{"conversation_id": 2, "message_id": 1, "message_type": "shouted"}],
        "chatwoot_reporting_events": [{"conversation_id": 2, "event_id": 1}],
        "chatwoot_applied_slas": [
            {"conversation_id": 1, "applied_sla_id": 1, "sla_status": "lost"}
        ],
        "chatwoot_csat": [{"conversation_id": 1, "csat_id": 1, "rating": 6}],
    }
    world.tell(shop, "chatwoot", told)


def another_report(world: RawWorld, shop: str) -> None:
    """Shopify tells 11.00 for the day of an order of 10.00, and was asked after the order."""
    world.load(shop, [order()])
    told = {"net_sales": money(11), "total_sales": money(11), "gross_sales": money(11)}
    nothing = dict.fromkeys(("discounts", "returns", "shipping", "taxes"), money(0))
    row = {"day": date.fromisoformat(DAY), "orders": 1, **told, **nothing}
    world.slices(shop, "shopify", {"shopify_sales_report_days": [row]})


def cost_beyond_all_bounds(world: RawWorld, shop: str) -> None:
    """Each unit cost fits, what a hundred pieces cost together does not."""
    line = Line(1, "10.00", 100, product_id=1)
    world.load(shop, [Order(1, AT, [line])], products=[Product(1, cost="9000000000000000")])


DEFECTS = (
    _defect(
        "doubled",
        "ga4_traffic_come_once ga4_product_views_come_once ga4_report_days_come_once "
        "search_console_queries_come_once search_console_days_come_once session_rows_are_unique "
        "session_days_have_their_timezone landing_page_days_are_unique search_rows_are_unique",
        slices_that_stand_twice,
    ),
    _defect("sound", "", lambda world, shop: world.load(shop, [order()], days={DAY: 1})),
    _defect(
        "twice",
        "orders_have_one_version order_lines_are_unique order_ids_are_unique "
        "order_line_facts_are_unique lines_add_up_to_orders assert_no_duplicate_orders "
        "customer_days_add_up customers_are_new_once revenue_adds_up_to_orders "
        "credits_are_unique credits_add_up_to_their_orders",
        twice_in_one_load,
    ),
    _defect("uncounted", "order_counts_reconcile", count_that_does_not_reconcile),
    _defect("unexpected", "order_counts_reconcile", day_without_orders_that_has_one),
    _defect(
        "generous",
        "revenue_months_are_not_negative revenue_day_below_zero assert_revenue_positive "
        "assert_aov_not_negative revenue_refund_day_below_zero",
        goodwill_beyond_the_month,
    ),
    _defect(
        "kind",
        "revenue_day_below_zero assert_aov_not_negative revenue_refund_day_below_zero",
        goodwill_day_in_a_good_month,
        severity="warning",
    ),
    _defect(
        "negative",
        "orders_are_not_negative revenue_days_are_not_negative revenue_day_below_zero "
        "assert_aov_not_negative assert_rates_reasonable revenue_refund_day_below_zero",
        negative_price,
    ),
    _defect(
        "returning", "orders_are_not_negative revenue_days_are_not_negative", negative_quantity
    ),
    _defect("dayless", "orders_have_a_day", no_processed_at),
    _defect("disputed", "sales_report_reconciles", another_report, severity="warning"),
    _defect("ruinous", "order_line_facts_have_amounts", cost_beyond_all_bounds),
    _defect("priceless", "order_lines_have_amounts", lines_without_amounts),
    _defect("statusless", "orders_have_status_and_total", status_missing_too_often),
    _defect("nearly", "", status_missing_seldom),
    _defect("lineless", "assert_orders_have_their_lines", orders_that_lost_their_lines),
    _defect("orphaned", "order_lines_have_their_order", orphaned_line),
    _defect("adopted", "", orphan_that_was_read_again),
    _defect(
        "scattered",
        "order_discounts_have_their_order allocations_have_their_order tax_lines_have_their_order "
        "transactions_have_their_order returns_have_their_order return_lines_have_their_return",
        orphaned_parts,
        severity="warning",
    ),
    _defect("unrefunded", "refunds_have_their_order", orphaned_refund),
    _defect("unbacked", "refund_lines_have_their_refund", refunded_line_of_no_refund),
    _defect("unsold", "refund_lines_have_their_order_line", refund_of_no_line),
    _defect("unshipped", "shipping_lines_have_amounts", shipping_without_amount),
    _defect("undelivered", "shipping_lines_have_their_order", lost_shipping),
    _defect("unpaid", "refunded_shipping_has_its_refund", refunded_shipping_of_no_refund),
    _defect("unadjusted", "adjustments_have_their_refund", adjustment_of_no_refund),
    _defect("unvalued", "refund_lines_have_amounts", refund_without_amounts),
    _defect("foreign", "orders_are_in_the_shops_currency", foreign_currency),
    _defect(
        "nowhere",
        "shops_have_timezone_and_currency orders_have_a_day",
        unknown_timezone,
        timezone="Mars/Olympus",
    ),
    _defect(
        "boundless",
        "order_amounts_fit margins_have_amounts credits_add_up_to_their_orders",
        amounts_beyond_all_bounds,
    ),
    _defect("unmapped", "sources_have_a_channel", unheard_of_source, severity="warning"),
    _defect("countless", "order_amounts_fit", units_beyond_all_bounds),
    _defect("taxless", "order_lines_have_amounts", impossible_tax_rate),
    _defect("overtaxed", "assert_rates_reasonable", absurd_tax_rate, severity="warning"),
    _defect("odd", "order_statuses_are_known", unknown_status, severity="warning"),
    _defect("unreadable", "nothing_is_unreadable", unreadable_record, severity="warning"),
    _defect("frozen", "orders_are_readable", order_unreadable_since),
    _defect("thawed", "", order_read_at_last),
    _defect("heard", "", heard_support),
    _defect(
        "unheard",
        "chatwoot_statuses_are_known chatwoot_instants_are_real chatwoot_ratings_are_known "
        "chatwoot_messages_are_told_with_their_conversation chatwoot_message_types_are_known "
        "chatwoot_events_are_told_with_their_conversation chatwoot_sla_statuses_are_known",
        unheard_support,
        severity="warning",
    ),
    _defect("unparcelled", "fulfillments_have_their_order", parcel_of_no_order),
    _defect("withdrawn", "", parcel_of_a_deleted_order),
    _defect(
        "nameless",
        "orders_have_an_email assert_attribution_rate_reasonable",
        orders_of_nobody,
        severity="warning",
    ),
    _defect("few", "", nineteen_orders_of_nobody),
    _defect("unmarked", "touches_have_a_utm_source", clicks_without_marks, severity="warning"),
    _defect("surging", "orders_within_three_sigma", sudden_day, severity="info"),
)
