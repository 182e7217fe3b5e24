"""The lineage of the whole project: every number ends at vendors' fields, and a field names its metrics."""

from pathlib import Path

import pytest

from hotdash.governance.lineage.contracts import STAMPS as STAMPED
from hotdash.governance.lineage.dictionary import Personal, TermKind, terms_of, undescribed
from hotdash.governance.lineage.drifts import metrics_of_field
from hotdash.governance.lineage.graph import LineageGraph, NodeKind, Way
from hotdash.governance.lineage.impact import impact_of
from hotdash.insights.metrics.registry import load_registry
from hotdash.insights.tiles.catalog import TILES
from hotdash.jobs.trace_lineage import FILE, keep_lineage, kept_lineage
from hotdash.pipeline.ingest.landing import STAMPS

APP = "app."
THE_DAY_ASKED_FOR = frozenset({"tile:cx-pulse.lists.by_day.day"})
# What people do in Hotdash itself is nobody's field but ours.
OF_THE_APP = frozenset(
    {
        *("activation_rate", "anomaly_response_rate", "decisions", "decisions_per_operator_hour"),
        *("time_saved", "time_to_decide"),
    }
)


def shown(graph: LineageGraph, tile: str) -> list[str]:
    return [
        node.id
        for node in graph.nodes.values()
        if node.kind is NodeKind.SHOWN and node.table == tile
    ]


def vendors_of(graph: LineageGraph, node_id: str) -> set[str]:
    return {graph.nodes[end].source for end in graph.ends(node_id)} - {""}


@pytest.mark.parametrize("tile", TILES)
def test_the_lineage_of_every_number_of_a_tile_ends_at_vendors_fields(
    lineage: LineageGraph, tile: str
) -> None:
    numbers = shown(lineage, tile)
    assert {f"tile:{tile}.value"} < set(numbers)
    for number in set(numbers) - THE_DAY_ASKED_FOR:
        ends = lineage.ends(number)
        assert ends, number
        by_the_app = all(end.startswith(APP) for end in ends)
        assert vendors_of(lineage, number) or (tile == "ops-pulse" and by_the_app), number


def test_every_metric_ends_at_vendors_fields_or_at_what_people_do(lineage: LineageGraph) -> None:
    for metric in load_registry():
        vendors = vendors_of(lineage, f"metric:{metric.name}")
        assert bool(vendors) != (metric.name in OF_THE_APP), metric.name


@pytest.mark.parametrize(
    ("number", "vendors"),
    [
        ("tile:cx-pulse.context.csat", {"chatwoot"}),
        ("tile:seo-pulse.value", {"search_console"}),
        ("tile:seo-pulse.context.bounce_rate", {"ga4"}),
        # Shopify says into which currency what was spent is converted.
        ("metric:ad_spend", {"google_ads", "meta_ads", "shopify"}),
        ("metric:search_position", {"search_console"}),
    ],
)
def test_a_number_ends_at_those_who_told_it(
    lineage: LineageGraph, number: str, vendors: set[str]
) -> None:
    by_value = {
        lineage.nodes[each].source for each in lineage.up([number], frozenset({Way.VALUE}))
    } - {""}
    assert by_value == vendors


SPEND = {"ad_spend", "cac", "contribution", "contribution_margin", "mer", "payback_days", "roas"}
COST = {"gross_margin", "gross_profit", "contribution", "contribution_margin", "payback_days"}
STOCK = {
    *("dead_items", "inventory_coverage", "items_running_out", "overstocked_items"),
    *("reorder_units", "sell_through"),
}


@pytest.mark.parametrize(
    ("field", "metrics"),
    [
        ("chatwoot_csat.rating", {"csat"}),
        ("chatwoot_messages.content", set[str]()),
        ("search_console_days.impressions", {"search_impressions", "search_position"}),
        ("search_console_days.position", {"search_position"}),
        ("search_console_days.clicks", {"organic_clicks"}),
        ("google_ads_campaign_days.conversions", set[str]()),
        # Revenue is credited only where what was spent on the day is known.
        ("google_ads_campaign_days.cost", {*SPEND, "attributed_revenue"}),
        ("meta_ads_campaign_days.spend", {*SPEND, "attributed_revenue"}),
        ("ga4_traffic.engaged_sessions", {"bounce_rate"}),
        ("ga4_traffic.channel_group", {"organic_sessions"}),
        ("shopify_transactions.fee_amount", {"contribution", "contribution_margin"}),
        ("shopify_orders.total_tips", {"shopify_tips", "shopify_total_sales"}),
        ("shopify_orders.total_duties", {"shopify_duties", "shopify_total_sales"}),
        ("shopify_fulfillments.display_status", {"fulfillment_issue_rate"}),
        # What came back into stock gives back its cost, and no money.
        ("shopify_refund_lines.restock_type", COST),
        ("shopify_order_lines.quantity", {"units", *COST, *STOCK}),
        ("shopify_orders.tags", set[str]()),
        ("shopify_products.title", set[str]()),
    ],
)
def test_a_field_names_exactly_the_metrics_that_are_computed_from_it(
    lineage: LineageGraph, field: str, metrics: set[str]
) -> None:
    assert {*impact_of(lineage, lineage.find(field)).moved_metrics} == metrics


@pytest.mark.parametrize(
    ("field", "column"),
    [
        ("Order.displayFinancialStatus", "financial_status"),
        ("Order.test", "is_test"),
        ("currencyCode", "currency"),
        ("Order.presentmentCurrencyCode", "presentment_currency"),
        ("totalShippingPriceSet", "total_shipping"),
        ("totalPriceSet", "total_price"),
        ("originalTotalDutiesSet", "total_duties"),
        ("Order.email", "email_hash"),
        ("cancelledAt", "cancelled_at"),
        ("customer.id", "customer_id"),
    ],
)
def test_a_field_is_known_by_the_vendors_own_name(
    lineage: LineageGraph, field: str, column: str
) -> None:
    table = "shopify_orders"
    named = impact_of(lineage, lineage.find(f"{table}.{column}"))
    assert metrics_of_field(lineage, table, field).metrics == tuple(sorted(named.moved_metrics))
    assert named.moved_metrics != impact_of(lineage, lineage.find(f"raw.{table}")).moved_metrics


def test_what_a_load_stamps_on_a_row_is_told_by_no_vendor() -> None:
    assert {*STAMPS} == STAMPED


class TestWhatDecidesWhetherAnOrderCounts:
    def test_moves_what_counts_orders_and_nothing_else(self, lineage: LineageGraph) -> None:
        found = impact_of(lineage, ["raw.shopify_orders.cancelled_at"])
        assert {"revenue", "orders", "aov", "mer", "conversion"} <= {*found.moved_metrics}
        assert not {"csat", "organic_clicks", "sessions", "bounce_rate"} & {*found.metrics}
        assert "sales-pulse" in found.moved_tiles
        assert "cx-pulse" not in found.moved_tiles

    def test_the_day_of_a_refund_finds_it_and_changes_no_amount(
        self, lineage: LineageGraph
    ) -> None:
        found = metrics_of_field(lineage, "shopify_refunds", "Refund.processedAt")
        assert found.metrics == ()
        assert {"revenue_refund_day", "shopify_returns"} <= {*found.matched}
        assert not {"csat", "sessions", "ad_spend", "conversations"} & {*found.matched}

    def test_a_plan_divides_revenue_and_leaves_it(self, lineage: LineageGraph) -> None:
        found = impact_of(lineage, ["raw.shopify_shops.plan"])
        assert found.metrics["revenue"] is Way.SPLIT


class TestDictionary:
    def test_nothing_is_without_a_description(self, lineage: LineageGraph) -> None:
        assert undescribed(lineage) == []

    def test_every_table_and_metric_has_an_owner(self, lineage: LineageGraph) -> None:
        kinds = (TermKind.TABLE, TermKind.METRIC)
        assert [t.name for t in terms_of(lineage) if t.kind in kinds and not t.owner] == []

    def test_people_are_marked_where_they_are_and_where_they_are_pseudonyms(
        self, lineage: LineageGraph
    ) -> None:
        terms = {term.name: term for term in terms_of(lineage)}
        assert terms["raw.shopify_customers.email"].personal is Personal.YES
        assert terms["intermediate.int_customer_identity.email"].personal is Personal.YES
        assert terms["raw.shopify_orders.email_hash"].personal is Personal.YES
        assert terms["marts.fct_orders.customer_key"].personal is Personal.DERIVED
        assert terms["marts.fct_revenue.gross_sales"].personal is Personal.NO

    def test_freshness_is_the_contracts(self, lineage: LineageGraph) -> None:
        orders = lineage.tables["raw.shopify_orders"]
        assert (orders.fresh_minutes, orders.stale_minutes) == (60, 1440)


class TestKept:
    def test_is_read_as_it_was_traced(self, lineage: LineageGraph, tmp_path: Path) -> None:
        keep_lineage(tmp_path, lineage)
        kept = kept_lineage(tmp_path)
        assert kept is not None
        assert (kept.nodes, kept.edges, kept.tables) == (
            *(lineage.nodes, lineage.edges),
            lineage.tables,
        )

    def test_of_another_project_is_not_read(self, lineage: LineageGraph, tmp_path: Path) -> None:
        keep_lineage(tmp_path, lineage)
        file = tmp_path / FILE
        file.write_text(file.read_text().replace('"key": "', '"key": "0'))
        assert kept_lineage(tmp_path) is None

    def test_half_a_file_is_as_good_as_none(self, lineage: LineageGraph, tmp_path: Path) -> None:
        keep_lineage(tmp_path, lineage)
        file = tmp_path / FILE
        file.write_bytes(file.read_bytes()[:1000])
        assert kept_lineage(tmp_path) is None
