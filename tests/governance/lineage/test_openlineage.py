"""What another catalog is told of a build, held against OpenLineage's own rules for an event."""

import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from hotdash.governance.lineage.graph import Edge, Node, NodeKind, Table, Way, assembled
from hotdash.governance.lineage.openlineage import Built, events

BEGAN, ENDED = datetime(2026, 11, 27, 9, tzinfo=UTC), datetime(2026, 11, 27, 9, 1, tzinfo=UTC)
BUILT = Built(UUID(int=5), BEGAN, ENDED, {"fct": 12}, "a-shop")


@pytest.fixture(scope="module")
def told() -> list[dict[str, Any]]:
    graph = assembled(
        [
            Node("raw.orders.amount", NodeKind.VENDOR_FIELD, "raw.orders", "amount"),
            Node("raw.orders.paid", NodeKind.VENDOR_FIELD, "raw.orders", "paid"),
            Node("raw.orders.*", NodeKind.VENDOR_FIELD, "raw.orders", "*"),
            Node("marts.fct.*", NodeKind.COLUMN, "marts.fct", "*"),
            Node("marts.fct.sum", NodeKind.COLUMN, "marts.fct", "sum", "All of it.", "bigint"),
            Node("marts.fct.untold", NodeKind.COLUMN, "marts.fct", "untold"),
            Node("metric:revenue", NodeKind.METRIC, "revenue", "revenue"),
        ],
        [
            Edge("raw.orders.amount", "marts.fct.sum", Way.VALUE),
            Edge("raw.orders.paid", "marts.fct.*", Way.FILTER),
            Edge("raw.orders.*", "marts.fct.*", Way.FILTER),
            Edge("marts.fct.*", "marts.fct.sum", Way.FILTER),
            Edge("marts.fct.sum", "metric:revenue", Way.VALUE),
        ],
        [Table("marts.fct", "One row per day.", "data")],
    )
    return [*events(graph, BUILT)]


def test_each_model_starts_and_ends_once_in_one_run(told: list[dict[str, Any]]) -> None:
    assert [(each["eventType"], each["eventTime"]) for each in told] == [
        ("START", "2026-11-27T09:00:00.000000Z"),
        ("COMPLETE", "2026-11-27T09:01:00.000000Z"),
    ]
    assert len({each["run"]["runId"] for each in told}) == 1
    assert {UUID(each["run"]["runId"]).version for each in told} == {5}
    assert {each["job"]["name"] for each in told} == {"marts.fct"}
    for each in told:
        assert {"producer", "schemaURL", "run", "job", "inputs", "outputs"} <= each.keys()


def test_each_column_is_told_with_what_it_is_made_of(told: list[dict[str, Any]]) -> None:
    end = told[1]
    assert end["inputs"] == [{"namespace": "a-shop", "name": "raw.orders"}]
    [output] = end["outputs"]
    facets = output["facets"]
    assert facets["schema"]["fields"] == [
        {"name": "sum", "type": "bigint", "description": "All of it."},
        {"name": "untold"},
    ]
    assert facets["documentation"]["description"] == "One row per day."
    [amount] = facets["columnLineage"]["fields"]["sum"]["inputFields"]
    assert (amount["name"], amount["field"]) == ("raw.orders", "amount")
    assert amount["transformations"] == [{"type": "DIRECT", "subtype": "TRANSFORMATION"}]
    [paid] = facets["columnLineage"]["dataset"]
    assert paid["field"] == "paid"
    assert paid["transformations"] == [{"type": "INDIRECT", "subtype": "FILTER"}]
    assert output["outputFacets"]["outputStatistics"]["rowCount"] == 12


def test_every_facet_names_who_made_it_and_its_schema(told: list[dict[str, Any]]) -> None:
    [output] = told[1]["outputs"]
    for facet in [*output["facets"].values(), *output["outputFacets"].values()]:
        assert re.fullmatch(r"urn:hotdash:\d[\w.+-]*", facet["_producer"])
        assert "/spec/facets/" in facet["_schemaURL"]
