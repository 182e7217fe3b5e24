"""A vendor's own name of a field leads to our column, and only its metrics are named."""

import pytest

from hotdash.governance.lineage.drifts import Moved, metrics_of_field
from hotdash.governance.lineage.graph import Edge, LineageGraph, Node, NodeKind, Way, assembled

PRICE, CUSTOMER = "raw.orders.total_price", "raw.orders.customer_id"


@pytest.fixture(scope="module")
def graph() -> LineageGraph:
    fields = [
        Node(each, NodeKind.VENDOR_FIELD, "raw.orders", each[11:]) for each in (PRICE, CUSTOMER)
    ]
    metrics = [Node(f"metric:{each}", NodeKind.METRIC, each, each) for each in ("aov", "people")]
    edges = [
        Edge(PRICE, "metric:aov", Way.VALUE),
        Edge(CUSTOMER, "metric:people", Way.VALUE),
        Edge(CUSTOMER, "metric:aov", Way.JOIN),
    ]
    return assembled([*fields, *metrics], edges, [])


@pytest.mark.parametrize(
    ("field", "metrics", "matched"),
    [
        ("total_price", ("aov",), ()),
        ("totalPriceSet", ("aov",), ()),
        ("Order.totalPriceSet", ("aov",), ()),
        ("customer.id", ("people",), ("aov",)),
        ("(record)", ("aov", "people"), ()),
    ],
)
def test_names_exactly_what_is_computed_from_it(
    graph: LineageGraph, field: str, metrics: tuple[str, ...], matched: tuple[str, ...]
) -> None:
    assert metrics_of_field(graph, "orders", field) == Moved(metrics, matched)


def test_of_a_table_nobody_reads_no_metric_is_named(graph: LineageGraph) -> None:
    assert metrics_of_field(graph, "nothing", "total_price") == Moved()
