"""What no defect of the sources can bring about: a build gone wrong, one statement per check, several of them in a shop."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from random import Random

from hotdash.pipeline.quality.findings import Check, Severity
from hotdash.storage.warehouse.contract import Warehouse
from tests.fixtures.raw_orders import Line, Order, Payment, Product, Refund, money
from tests.fixtures.raw_world import RawWorld
from tests.fixtures.touches import before, tell_journey, visit
from tests.pipeline.transform.operations_histories import tell_operations

UNTOUCHED = "untouched"
PLANS = ("Basic", "Grow")
# Of the published marts, two thirds: the others of the same shop are to be published.
MOST_HELD = 20

TAMPERED = {
    "refunds_are_unique": "insert into marts.fct_refunds select * from marts.fct_refunds",
    "revenue_days_are_unique": "insert into marts.fct_revenue select * from marts.fct_revenue",
    "customers_are_unique": "insert into marts.dim_customers select * from marts.dim_customers",
    "identities_are_unique": "insert into intermediate.int_customer_identity "
    "select * from intermediate.int_customer_identity",
    "addresses_have_one_owner": "insert into intermediate.int_email_owners "
    "select * from intermediate.int_email_owners",
    "cohort_ages_are_unique": "insert into marts.fct_cohorts select * from marts.fct_cohorts",
    "acquisition_is_not_negative": "update marts.fct_cac set spend = -1",
    "assert_cac_null_or_positive": "update marts.fct_cac set spend = 12, new_customers = -1",
    "assert_roas_null_or_not_negative": "update marts.fct_roas set spend = -1",
    "shops_are_unique": "insert into intermediate.int_shops select * from intermediate.int_shops",
    "customers_carry_no_personal_data": "update marts.dim_customers "
    "set customer_key = 'ada@example.org'",
    "plans_begin_once": "insert into marts.dim_shop_plans select * from marts.dim_shop_plans",
    "exchange_rates_are_unique": "insert into intermediate.int_exchange_rates "
    "select * from intermediate.int_exchange_rates",
    "products_are_unique": "insert into marts.dim_products select * from marts.dim_products",
    "transactions_are_unique": "insert into marts.fct_transactions "
    "select * from marts.fct_transactions",
    "report_days_have_amounts": "update marts.fct_shopify_report set total_sales = null",
    "touches_of_an_order_are_unique": "insert into marts.fct_touches "
    "select * from marts.fct_touches",
    "campaign_days_are_unique": "insert into marts.fct_roas select * from marts.fct_roas",
    "ad_days_are_unique": "insert into marts.fct_ad_spend select * from marts.fct_ad_spend",
    "ad_spend_is_in_the_shops_currency": "update marts.fct_ad_spend set spend = null",
    "refunds_have_day_and_amounts": "update marts.fct_refunds set refunds = null",
    "meta_ads_campaign_days_are_told_once": "insert into raw.meta_ads_campaign_days "
    "select * from raw.meta_ads_campaign_days",
    "meta_ads_campaign_days_are_not_negative": "update raw.meta_ads_campaign_days set clicks = -1",
    "google_ads_campaign_days_are_told_once": "insert into raw.google_ads_campaign_days "
    "select * from raw.google_ads_campaign_days",
    "google_ads_campaign_days_are_not_negative": "update raw.google_ads_campaign_days "
    "set cost = -1",
    "conversations_are_unique": "insert into marts.fct_conversations select * from marts.fct_conversations",
    "spans_of_conversations_are_not_negative": "update marts.fct_conversations set resolution_seconds = -1",
    "sla_breaches_are_unique": "insert into marts.fct_sla_events select * from marts.fct_sla_events",
    "growth_days_are_unique": "insert into marts.fct_growth select * from marts.fct_growth",
    "inventory_days_are_unique": "insert into marts.fct_inventory_days select * from marts.fct_inventory_days",
    "reorders_are_not_negative": "update marts.fct_inventory_days set units_sold = -1",
    "inventory_items_are_unique": "insert into marts.fct_inventory select * from marts.fct_inventory",
    "stock_levels_are_unique": "insert into marts.fct_stock_levels select * from marts.fct_stock_levels",
    "landing_pages_are_not_negative": "update marts.fct_landing_pages set bounces = -1",
    "sessions_are_not_negative": "update marts.fct_sessions set bounces = -1",
    "session_pages_name_nobody": "update marts.fct_sessions set page = '/ada@example.org'",
    "search_days_are_unique": "insert into marts.fct_search_totals select * from marts.fct_search_totals",
    "search_days_are_not_negative": "update marts.fct_search_totals set clicks = -1",
    "searches_are_not_negative": "update marts.fct_search_days set impressions = -1",
    "shipments_are_unique": "insert into marts.fct_fulfillments select * from marts.fct_fulfillments",
    "parcels_do_not_arrive_before_they_leave": "update marts.fct_fulfillments set delivery_seconds = -1",
    "ad_spend_is_not_negative": "update marts.fct_ad_spend set account_spend = -1",
    "conversations_have_status_and_opening": "update marts.fct_conversations set status = null",
    "shipments_have_their_instants": "update marts.fct_fulfillments set ordered_at = null",
    "touches_have_their_source": "update marts.fct_touches set medium = null",
    "inventory_items_have_their_day": "update marts.fct_inventory set as_of_day = null",
    "inventory_days_have_their_items": "update marts.fct_inventory_days set items = null",
    "searches_have_their_page": "update marts.fct_search_days set clicks = null",
    "search_days_have_their_counts": "update marts.fct_search_totals set impressions = null",
    "landing_pages_have_their_sessions": "update marts.fct_landing_pages set sessions = null",
    "customer_days_have_their_counts": "update marts.fct_customers set new_customers = null",
    "touches_name_nobody": "update marts.fct_touches set campaign = 'for ada@example.org'",
    "link_problems_name_nobody": "insert into marts.fct_link_problems "
    "(shop_id, day, problem, utm_source) select shop_id, day, 'x', '+49 30 1234 5678' from marts.fct_orders",
    "credits_name_nobody": "update marts.fct_attributed_orders set campaign = '+49-171-5550199'",
    "campaign_returns_name_nobody": "update marts.fct_roas set campaign = '(415) 555-0199'",
    "ad_days_name_nobody": "update marts.fct_ad_spend set campaign_name = 'ada@example.org'",
    "searches_name_nobody": "update marts.fct_search_days set query = 'call +14155550199'",
    "landing_pages_name_nobody": "update marts.fct_landing_pages set page = '/?e=ada@example.org'",
    "conversations_name_nobody": "update marts.fct_conversations set labels = 'ada@example.org'",
    "orders_name_nobody": "update marts.fct_orders set customer_key = 'ada@example.org'",
    "order_lines_name_nobody": "update marts.fct_order_lines set product = 'for +33 1 23 45 67 89'",
    "transactions_name_nobody": "update marts.fct_transactions set gateway = 'ada@example.org'",
    "products_name_nobody": "update marts.dim_products set title = 'Signed by ada@example.org'",
    "inventory_name_nobody": "update marts.fct_inventory set supplier = 'ada@example.org'",
    "stock_levels_name_nobody": "update marts.fct_stock_levels set sku = 'ada@example.org'",
    "shipments_name_nobody": "update marts.fct_fulfillments set carrier = 'ada@example.org'",
    "orders_have_currency_and_tax_rule": "update intermediate.int_orders set taxes_included = null",
}


def shops_to_tamper(checks: Iterable[Check]) -> dict[str, list[Check]]:
    """In one shop checks of one severity, as long as enough marts rest on none of them."""
    by_name = {check.name: check for check in checks}
    shops: list[list[Check]] = []
    for check in (by_name[name] for name in TAMPERED):
        shop = next((shop for shop in shops if _leave_enough([check, *shop])), None)
        if shop is None:
            shops.append([check])
        else:
            shop.append(check)
    return {f"tampered-{number:02d}": shop for number, shop in enumerate(shops)}


def _leave_enough(checks: Sequence[Check]) -> bool:
    held = frozenset[str]().union(*(check.marts for check in checks))
    return len({check.severity for check in checks}) == 1 and len(held) <= MOST_HELD


def are_blocking(checks: Iterable[Check]) -> bool:
    return all(check.severity is Severity.BLOCKING for check in checks)


def tell_whole(world: RawWorld, shops: Iterable[str], step: int) -> None:
    """Something of every kind, and with the second step something else of every kind; alike for all."""
    since = world.loads
    at = ("2026-05-04T12:00Z", "2026-06-04T12:00Z")[step]
    number = step + 1
    world.shop(UNTOUCHED, "Europe/Berlin", plan=PLANS[step])
    back = Refund(number, at.replace("T12", "T13"), [(number, "1.00", "0")])
    sold = Order(number, at, [Line(number, "10.00")], customer_id=number, refunds=[back])
    people = [{"customer_id": number, "email": f"ada{number}@example.org"}]
    world.load(
        UNTOUCHED,
        [sold.edited(payments=[Payment("SALE", "10.00")])],
        products=[Product(number)],
        told={"customers": people},
    )
    tell_journey(world, UNTOUCHED, {number: [visit(number, before(at, hours=1))]})
    for platform in ("meta_ads", "google_ads"):
        campaign = {"day": date.fromisoformat(at[:10]), "campaign_id": 1, "clicks": 1}
        campaign |= {"currency": "USD", "impressions": 9}
        campaign |= {"spend" if platform == "meta_ads" else "cost": money(1)}
        world.slice_row(UNTOUCHED, f"{platform}_campaign_days", campaign)
    tell_operations(Random(step), world, UNTOUCHED, step)
    world.alike(UNTOUCHED, shops, since)


def tamper(warehouse: Warehouse, shops: Mapping[str, Sequence[Check]]) -> None:
    for shop, checks in shops.items():
        for statement in (TAMPERED[check.name] for check in checks):
            clause = " and " if " where " in statement else " where "
            warehouse.execute(f"{statement}{clause}shop_id = '{shop}'")
