"""hotdash lineage and hotdash dictionary, as a person types them."""

import json
from datetime import timedelta

import pytest

from hotdash.base.clock import SystemClock
from hotdash.base.ids import new_id
from hotdash.governance.lineage.graph import LineageGraph
from hotdash.jobs.trace_lineage import keep_lineage
from hotdash.storage.appdb.repositories import checks, runs
from hotdash.storage.appdb.session import Database
from tests.fixtures.commands import Commands
from tests.fixtures.receivers import catalog


@pytest.fixture
def house(commands: Commands, lineage: LineageGraph) -> Commands:
    keep_lineage(commands.folder / ".hotdash", lineage)
    return commands


class TestLineage:
    def test_up_to_the_fields_it_begins_at(self, house: Commands) -> None:
        told = house.told("lineage", "up", "csat", "--ends")["nodes"]
        assert "raw.chatwoot_csat.rating" in {each["id"] for each in told}
        assert {each["kind"] for each in told} <= {"vendor_field", "own_field"}
        assert {each["name"] for each in told}.isdisjoint({"shop_id", "load_id", "fetched_at", "*"})

    def test_down_to_what_is_made_of_it(self, house: Commands) -> None:
        told = {
            each["id"] for each in house.told("lineage", "down", "chatwoot_csat.rating")["nodes"]
        }
        assert {"metric:csat", "tile:cx-pulse.context.csat"} <= told
        assert "metric:revenue" not in told

    def test_impact_says_how_each_rests_on_it(self, house: Commands) -> None:
        told = house.told("lineage", "impact", "shopify_orders.cancelled_at")
        assert told["metrics"]["revenue"] in ("value", "filter")
        shown = house.shown("lineage", "impact", "shopify_orders.cancelled_at")
        assert "Of raw.shopify_orders.cancelled_at." in shown
        assert "Metrics, counts rows chosen by it: " in shown
        [line] = [each for each in shown.splitlines() if each.startswith("  sales-pulse: value")]
        assert "lists.refunds (3)" in line
        assert max(map(len, shown.splitlines())) <= 200

    def test_which_are_meant_is_told_where_a_name_is_many(self, house: Commands) -> None:
        shown = house.shown("lineage", "impact", "currency")
        assert "app.goals.currency" in shown
        assert "more." in shown
        assert "its table before a dot means one alone" in shown
        assert len(house.told("lineage", "up", "currency")["of"]) > 20
        assert "Of marts.fct_cac, " in house.shown("lineage", "down", "fct_cac")

    def test_what_is_not_there_is_told(self, house: Commands) -> None:
        assert "'orders.profit'" in house.error("lineage", "impact", "orders.profit")["message"]


class TestDictionary:
    def test_finds_by_name_and_by_meaning(self, house: Commands) -> None:
        names = {each["name"] for each in house.told("dictionary", "refund")["terms"]}
        assert {"raw.shopify_refunds", "refund_rate"} <= names

    def test_people_alone(self, house: Commands) -> None:
        terms = house.told("dictionary", "--pii", "--kind", "column")["terms"]
        assert "raw.shopify_customers.email" in {each["name"] for each in terms}
        assert {each["personal"] for each in terms} == {"personal", "from personal"}

    def test_settings_and_commands_stand_in_it(self, house: Commands) -> None:
        shown = house.shown("dictionary", "warehouse_memory_mb")
        assert "warehouse_memory_mb" in shown
        (command,) = house.told("dictionary", "hotdash rates", "--kind", "command")["terms"]
        assert command["description"]

    def test_nothing_is_told(self, house: Commands) -> None:
        assert "Nothing is called so." in house.shown("dictionary", "no such word")


class TestEvents:
    @pytest.fixture
    def built(self, house: Commands, database: Database) -> Commands:
        now = SystemClock().now()
        with database.jobs() as session:
            run_id = new_id()
            runs.start_run(session, run_id, "duckdb:here", "refresh", (), now)
            session.flush()
            build = checks.BuildRecord(
                *(new_id(), run_id, now, "full", "asked for", now, now + timedelta(minutes=1))
            )
            models = [checks.ModelRecord("fct_revenue", "success", 0.5, 7)]
            checks.save_build(session, build, models)
        return house

    def test_into_a_file(self, built: Commands) -> None:
        told = built.told("lineage", "events", "events.ndjson")
        lines = (built.folder / "events.ndjson").read_text().splitlines()
        assert len(lines) == told["events"] > 100
        ends = {e["job"]["name"]: e for e in map(json.loads, lines) if e["eventType"] == "COMPLETE"}
        [output] = ends["marts.fct_revenue"]["outputs"]
        assert output["outputFacets"]["outputStatistics"]["rowCount"] == 7

    def test_to_a_catalog_by_its_token(self, built: Commands) -> None:
        (built.folder / "token").write_text("secret of the catalog\n")
        with catalog("secret of the catalog") as (address, taken):
            told = built.told("lineage", "events", address, "--token-file", "token")
            assert len(taken) == told["events"]
            assert taken[0]["eventType"] == "START"

    def test_that_refuses_is_told(self, built: Commands) -> None:
        with catalog("another secret") as (address, taken):
            assert "401" in built.error("lineage", "events", address)["message"]
            assert taken == []

    def test_before_anything_was_built(self, house: Commands, database: Database) -> None:
        del database
        assert "Nothing was built yet" in house.error("lineage", "events", "x")["message"]
