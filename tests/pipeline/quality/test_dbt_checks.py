"""Every check names the shop that has the defect, and no other."""

from datetime import date
from random import Random

import pytest

from hotdash.pipeline.quality.dbt_checks import CheckFailedToRunError
from hotdash.pipeline.quality.findings import Finding, GateReport, Severity
from hotdash.pipeline.quality.masking import masked
from tests.fixtures.raw_orders import Line, Order, Payment, Product, Refund, money
from tests.fixtures.touches import before, tell_journey, visit
from tests.fixtures.warehouses import RESTING_ON_AMOUNTS, RESTING_ON_ORDERS, BuiltWarehouse
from tests.pipeline.quality.defects import DEFECTS, Defect
from tests.pipeline.transform.operations_histories import tell_operations

Findings = dict[str, list[Finding]]


@pytest.mark.law(5)
@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.shop)
def test_defect(findings: Findings, defect: Defect) -> None:
    assert {finding.check for finding in findings.get(defect.shop, [])} == defect.expected


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.shop)
def test_severity(findings: Findings, defect: Defect) -> None:
    """A defect blocks when one of its findings does."""
    severities = {finding.severity for finding in findings.get(defect.shop, [])}
    assert (Severity.BLOCKING in severities) is (
        bool(defect.expected) and defect.severity == "blocking"
    )


def one(findings: Findings, shop: str, check: str) -> Finding:
    return next(finding for finding in findings[shop] if finding.check == check)


def test_a_finding_blocks_only_what_rests_on_it(findings: Findings) -> None:
    assert one(findings, "generous", "revenue_months_are_not_negative").marts == {
        "fct_revenue",
        "fct_growth",
    }
    assert one(findings, "negative", "orders_are_not_negative").marts == RESTING_ON_AMOUNTS
    assert one(findings, "uncounted", "order_counts_reconcile").marts == RESTING_ON_ORDERS
    orphaned = one(findings, "unparcelled", "fulfillments_have_their_order").marts
    assert "fct_fulfillments" in orphaned
    assert "fct_revenue" not in orphaned


def test_a_finding_says_what_is_wrong_and_what_to_do(findings: Findings) -> None:
    finding = one(findings, "uncounted", "order_counts_reconcile")
    assert finding.failing_rows == 1
    assert finding.owner == "data"
    assert "Shopify counts another number of orders" in finding.sentence
    assert "2026-05-04 2 there, 1 here (1 row)" in finding.sentence
    assert "`hotdash run --reread`" in finding.mend
    (sample,) = finding.sample
    assert sample == {
        "shop_id": "uncounted",
        "day": "2026-05-04",
        "orders_told": 2,
        "orders_loaded": 1,
    }


def test_checks_that_passed_are_known_too(report: GateReport) -> None:
    names = {check.name for check in report.checks}
    assert {finding.check for finding in report.findings} < names
    assert "refunds_are_unique" in names


def test_every_check_can_fail(report: GateReport) -> None:
    """What no defect of the warehouse's sources can bring about is tampered with below.

    Checks of series name the shops they are asked of; their days are made by hand in test_watched.
    """
    provoked = {finding.check for finding in report.findings}
    of_everybody = {check.name for check in report.checks if check.shops is None}
    assert of_everybody - provoked == set(TAMPERED)


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


def test_what_only_a_broken_build_can_do_is_seen(built: BuiltWarehouse) -> None:
    world = built.new_world()
    for shop in ("tampered", "sound"):
        world.shop(shop, "Europe/Berlin")
        back = Refund(1, "2026-05-04T13:00Z", [(1, "1.00", "0")])
        world.load(
            shop,
            [
                Order(
                    1,
                    "2026-05-04T12:00Z",
                    [Line(1, "10.00")],
                    customer_id=1,
                    refunds=[back],
                    payments=[Payment("SALE", "10.00")],
                )
            ],
            products=[Product(1)],
            told={"customers": [{"customer_id": 1, "email": "ada@example.org"}]},
        )
        tell_journey(world, shop, {1: [visit(1, before("2026-05-04T12:00Z", hours=1))]})
        for platform in ("meta_ads", "google_ads"):
            campaign = {"day": date(2026, 5, 4), "campaign_id": 1, "clicks": 1, "impressions": 9}
            campaign |= {"currency": "USD", "spend" if platform == "meta_ads" else "cost": money(1)}
            world.slice_row(shop, f"{platform}_campaign_days", campaign)
        for step in range(2):
            tell_operations(Random(step), world, shop, step)
    built.build()
    for statement in TAMPERED.values():
        clause = " and " if " where " in statement else " where "
        built.warehouse.execute(f"{statement}{clause}shop_id = 'tampered'")
    found = {(finding.shop_id, finding.check) for finding in built.ask().findings}
    assert {check for shop, check in found if shop == "tampered"} >= set(TAMPERED)
    assert {shop for shop, _ in found} == {"tampered"}


def test_a_check_that_cannot_be_asked_lets_nothing_through(built_duckdb: BuiltWarehouse) -> None:
    built_duckdb.new_world().shop("a", "Europe/Berlin")
    built_duckdb.build()
    built_duckdb.warehouse.execute("alter table marts.fct_revenue rename column units to gone")
    try:
        with pytest.raises(CheckFailedToRunError) as failure:
            built_duckdb.ask()
    finally:
        built_duckdb.warehouse.execute("alter table marts.fct_revenue rename column gone to units")
    assert "could not be asked" in failure.value.message
    assert "units" in failure.value.message


@pytest.mark.parametrize("whose", ["null", "'nobody'"])
def test_failing_rows_of_no_known_shop_let_nothing_through(
    built_duckdb: BuiltWarehouse, whose: str
) -> None:
    world = built_duckdb.new_world()
    world.shop("a", "Europe/Berlin")
    world.load("a", [Order(1, "2026-05-04T12:00Z", [Line(1, "10.00")])])
    built_duckdb.build()
    built_duckdb.warehouse.execute(f"update marts.fct_orders set shop_id = {whose}, units = -1")
    try:
        with pytest.raises(CheckFailedToRunError) as failure:
            built_duckdb.ask()
    finally:
        built_duckdb.warehouse.execute("delete from marts.fct_orders")
    assert "nobody" in failure.value.message or "no shop" in failure.value.message
    assert "hotdash run --full" in failure.value.hint


def test_samples_carry_no_personal_data() -> None:
    row = {"shop_id": "a", "email": "ada@example.org", "note": "write to ada@example.org", "n": 3}
    assert masked(row) == {"shop_id": "a", "email": "***", "note": "write to ***", "n": 3}


def test_telephone_numbers_are_masked_and_dates_and_part_numbers_are_not() -> None:
    row = {
        "a": "call +49 171 5550199",
        "b": "(415) 555-0199",
        "c": "sale+2026-11-27",
        "d": "1234567890",
    }
    assert masked(row) == {"a": "call ***", "b": "***", "c": "sale+2026-11-27", "d": "1234567890"}


def test_every_check_measures_something_of_a_source(report: GateReport) -> None:
    mute = [check.name for check in report.checks if check.dimension is None or not check.sources]
    assert set(mute) == {"nothing_is_unreadable", "exchange_rates_are_unique"} & set(mute)
    assert [check.name for check in report.checks if check.dimension is None] == []
