"""Up, down, ends and impact, on a graph that fits a sheet of paper."""

import pytest

from hotdash.base.errors import NotFoundError
from hotdash.governance.lineage.document import from_document, to_document
from hotdash.governance.lineage.graph import (
    Edge,
    LineageError,
    LineageGraph,
    Node,
    NodeKind,
    Table,
    Way,
    assembled,
)
from hotdash.governance.lineage.impact import impact_of

FIELD, COLUMN, METRIC, SHOWN = (
    NodeKind.VENDOR_FIELD,
    NodeKind.COLUMN,
    NodeKind.METRIC,
    NodeKind.SHOWN,
)


def node(node_id: str, kind: NodeKind, **more: object) -> Node:
    table, _, name = node_id.replace(":", ".").rpartition(".")
    return Node(node_id, kind, table, name, **more)  # pyright: ignore[reportArgumentType]


@pytest.fixture(scope="module")
def graph() -> LineageGraph:
    """paid and id decide about the revenue; country only divides it."""
    return assembled(
        [
            *(node(f"raw.orders.{each}", FIELD) for each in ("amount", "paid", "id", "country")),
            node("marts.revenue.sum", COLUMN, is_published=True),
            node("metric:revenue", METRIC),
            node("metric:aov", METRIC),
            node("tile:sales.value", SHOWN),
        ],
        [
            Edge("raw.orders.amount", "marts.revenue.sum", Way.VALUE),
            Edge("raw.orders.paid", "marts.revenue.sum", Way.FILTER),
            Edge("raw.orders.id", "marts.revenue.sum", Way.JOIN),
            Edge("raw.orders.country", "metric:revenue", Way.SPLIT),
            Edge("marts.revenue.sum", "metric:revenue", Way.VALUE),
            Edge("metric:revenue", "metric:aov", Way.VALUE),
            Edge("metric:revenue", "tile:sales.value", Way.VALUE),
        ],
        [Table("raw.orders", "One row per order.", "data", 60, 1440)],
    )


def test_up_goes_to_the_fields_at_which_it_ends(graph: LineageGraph) -> None:
    assert graph.ends("tile:sales.value") == {
        "raw.orders.amount",
        "raw.orders.paid",
        "raw.orders.id",
    }


def test_down_goes_to_everything_made_of_it(graph: LineageGraph) -> None:
    assert graph.down(["raw.orders.amount"]) == {
        *("marts.revenue.sum", "metric:revenue", "metric:aov", "tile:sales.value")
    }
    assert graph.down(["raw.orders.country"]) == frozenset()


@pytest.mark.parametrize(
    ("field", "way", "moved"),
    [
        ("amount", Way.VALUE, ("aov", "revenue")),
        ("paid", Way.FILTER, ("aov", "revenue")),
        ("id", Way.JOIN, ()),
    ],
)
def test_impact_tells_how_each_rests_on_it(
    graph: LineageGraph, field: str, way: Way, moved: tuple[str, ...]
) -> None:
    found = impact_of(graph, [f"raw.orders.{field}"])
    assert found.metrics == {"aov": way, "revenue": way}
    assert found.marts == {"marts.revenue.sum": way}
    assert found.moved_metrics == moved


def test_what_only_divides_a_number_moves_nothing_behind_it(graph: LineageGraph) -> None:
    found = impact_of(graph, ["raw.orders.country"])
    assert found.metrics == {"revenue": Way.SPLIT}
    assert (found.moved_metrics, found.moved_tiles) == ((), ())


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("raw.orders.paid", ("raw.orders.paid",)),
        ("Orders.paid ", ("raw.orders.paid",)),
        ("aov", ("metric:aov",)),
        ("sales.value", ("tile:sales.value",)),
        ("revenue", ("metric:revenue",)),
        ("orders", tuple(f"raw.orders.{each}" for each in ("amount", "country", "id", "paid"))),
    ],
)
def test_a_person_may_name_a_part_of_it(
    graph: LineageGraph, written: str, found: tuple[str, ...]
) -> None:
    assert graph.find(written) == found


def test_a_search_finds_metrics_first_and_then_what_is_called_so(graph: LineageGraph) -> None:
    assert [each.id for each in graph.search("Revenue")] == ["metric:revenue", "marts.revenue.sum"]
    assert [each.id for each in graph.search("aMount ")] == ["raw.orders.amount"]


def test_what_is_not_there_is_told_with_its_name(graph: LineageGraph) -> None:
    with pytest.raises(NotFoundError, match=r"'orders\.profit'"):
        graph.find("orders.profit")


def test_an_edge_to_a_column_nobody_has_is_a_defect() -> None:
    edge = Edge("raw.orders.gone", "metric:revenue", Way.VALUE)
    with pytest.raises(LineageError, match=r"raw\.orders\.gone"):
        assembled([node("metric:revenue", METRIC)], [edge], [])


def test_is_the_same_when_it_was_kept(graph: LineageGraph) -> None:
    kept = from_document(to_document(graph))
    assert (kept.nodes, kept.edges, kept.tables) == (graph.nodes, graph.edges, graph.tables)
