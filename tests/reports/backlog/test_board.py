"""How far an item is follows what is there: it is blocked, queued, begun or complete by what was looked at, never by what was written."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from hotdash.base.ids import new_id
from hotdash.connectors.registry import registry as vendors
from hotdash.decisions.evidence.create import CREATED
from hotdash.decisions.facts.types import FactType
from hotdash.decisions.incident import Incidents
from hotdash.insights.metrics.registry import Registry, load_registry, registry
from hotdash.insights.studies.catalog import STUDIES
from hotdash.reports.backlog.items import (
    FILE,
    SCHEMA,
    Backlog,
    BacklogError,
    Item,
    Kind,
    backlog,
    json_schema,
    read_backlog,
)
from hotdash.reports.backlog.standing import Standing, Status, board
from hotdash.reports.backlog.surroundings import (
    MadeBundle,
    Surroundings,
    load_surroundings,
)
from hotdash.reports.validation.signing import SIGNED
from hotdash.storage.appdb.repositories.audit import add_event
from hotdash.storage.appdb.repositories.facts import FactRecord, add_facts
from hotdash.storage.appdb.session import Database
from hotdash.storage.marts import published_marts
from tests.fixtures.shops import SeededShop
from tests.fixtures.small_world import connect

NOW = datetime(2026, 11, 21, 18, tzinfo=UTC)
NOTHING = Surroundings(
    *("hot-rod-an", frozenset[str](), {}, frozenset[str](), registry(), {}, frozenset[str](), None)
)
ALL_MARTS = frozenset(published_marts())


def item(name: str, kind: str = "study", **values: Any) -> dict[str, Any]:
    told = {"title": "A title", "why": "For a reason.", "owner": "finance", "priority": 1}
    return {"name": name, "kind": kind, **told, **values}


def stands(wanted: Mapping[str, Any], around: Surroundings = NOTHING, *more: Any) -> Standing:
    found = board(Backlog.model_validate({"items": [wanted, *more]}), around)
    [standing] = [each for each in found.standings if each.item.name == wanted["name"]]
    return standing


class TestFile:
    def test_the_project_s_own_is_valid_and_names_the_studies(self) -> None:
        studies = {each.name for each in backlog().items if each.kind is Kind.STUDY}
        assert studies == {each.name for each in STUDIES}
        assert {each.kind for each in backlog().items} == set(Kind)

    def test_what_it_needs_can_be_looked_at(self) -> None:
        for each in backlog().items:
            for source in each.needs.sources:
                assert {source} <= set(vendors()) or set(source) <= set(vendors())
            for metric in each.needs.metrics:
                registry().get(metric)

    def test_its_schema_is_what_the_code_says(self) -> None:
        assert json.loads(SCHEMA.read_text()) == json_schema(), "run `make docs`"

    def test_no_status_can_be_written_down(self) -> None:
        assert "status" not in Item.model_fields
        with pytest.raises(ValueError, match="status"):
            Item.model_validate(item("x", status="complete"))

    @pytest.mark.parametrize(
        ("items", "told"),
        [
            ([item("a"), item("a")], "a stands there twice"),
            ([item("a", needs={"items": ["b"]})], "a needs b, which is no item"),
            (
                [item("a", needs={"items": ["b"]}), item("b", needs={"items": ["a"]})],
                "a, b need each other",
            ),
            ([item("a", needs={"items": ["a"]})], "it needs itself"),
            ([item("a", "evidence")], "each such bundle has one"),
            ([item("a", priority=4)], "less than or equal to 3"),
            ([item("a", needs={"facts": ["no.such.fact"]})], "shopify.sales.summary"),
        ],
    )
    def test_a_slip_is_named(self, tmp_path: Path, items: list[Any], told: str) -> None:
        file = tmp_path / "backlog.yml"
        file.write_text(yaml.safe_dump({"items": items}))
        with pytest.raises(BacklogError, match=told):
            read_backlog(file)

    def test_what_is_no_yaml(self, tmp_path: Path) -> None:
        file = tmp_path / "backlog.yml"
        file.write_text("items: [")
        with pytest.raises(BacklogError, match="is not YAML"):
            read_backlog(file)
        assert read_backlog(FILE) == backlog()


class TestStudy:
    WANTED = item(
        "sla-anomalies",
        needs={
            "sources": ["chatwoot", ["shopify", "files"]],
            "facts": ["chatwoot.escalations"],
            "metrics": ["sla_breach_rate"],
        },
    )
    MET = replace(
        NOTHING,
        sources=frozenset({"chatwoot", "files"}),
        facts={"chatwoot.escalations": NOW},
        published_marts=ALL_MARTS,
    )
    CARRIED = replace(MET, studies=frozenset({"sla-anomalies"}))

    def test_blocked_by_each_thing_that_is_missing(self) -> None:
        found = stands(self.WANTED)
        assert found.status is Status.BLOCKED
        assert found.blocked_by[:3] == [
            "the source chatwoot is not connected",
            "the source shopify or files is not connected",
            "no fact chatwoot.escalations is there yet",
        ]
        assert found.blocked_by[3].startswith(
            "the metric sla_breach_rate waits for the first publication of fct_"
        )

    def test_queued_when_all_it_reads_is_there(self) -> None:
        found = stands(self.WANTED, self.MET)
        assert (found.status, found.blocked_by) == (Status.QUEUED, [])
        assert [each.told for each in found.dependencies[:3]] == [
            "chatwoot is connected",
            "files is connected",
            "chatwoot.escalations was last told 2026-11-21",
        ]

    def test_complete_when_this_version_brings_it_too(self) -> None:
        found = stands(self.WANTED, self.CARRIED)
        assert found.status is Status.COMPLETE
        assert found.artifact is not None
        assert found.artifact.page == "/studies/sla-anomalies"

    def test_one_that_has_nothing_to_read_is_not_complete(self) -> None:
        around = replace(self.CARRIED, facts={})
        found = stands(self.WANTED, around)
        assert (found.status, found.artifact) == (Status.BLOCKED, None)
        assert found.blocked_by == ["no fact chatwoot.escalations is there yet"]

    def test_a_day_on_which_somebody_began_says_no_more_than_that(self) -> None:
        begun = self.WANTED | {"begun": date(2026, 11, 20)}
        found = stands(begun, self.MET)
        assert (found.status, found.why) == (Status.IN_PROGRESS, "begun 2026-11-20")
        assert stands(begun, NOTHING).status is Status.BLOCKED


class TestMetric:
    def with_status(self, status: str) -> Registry:
        [metric] = [each for each in load_registry() if each.name == "csat"]
        return Registry([metric.model_validate(metric.model_dump() | {"status": status})])

    def test_complete_when_approved_and_published_for_the_shop(self) -> None:
        wanted = item("csat", "metric", needs={"sources": ["chatwoot"]})
        around = replace(NOTHING, published_marts=ALL_MARTS, sources=frozenset({"chatwoot"}))
        found = stands(wanted, around)
        assert (found.status, found.artifact and found.artifact.page) == (
            Status.COMPLETE,
            "/definitions/csat",
        )

    def test_one_of_the_app_database_needs_something_to_read(self) -> None:
        """It has no mart, so nothing says that it was ever published."""
        wanted = item("sla_resolution_time", "metric", needs={"sources": ["chatwoot"]})
        assert stands(wanted).blocked_by == ["the source chatwoot is not connected"]
        around = replace(NOTHING, sources=frozenset({"chatwoot"}))
        assert stands(wanted, around).status is Status.COMPLETE

    def test_begun_when_approved_and_not_published(self) -> None:
        found = stands(item("csat", "metric"))
        assert found.status is Status.IN_PROGRESS
        assert found.why == "the metric csat is approved and not published for this shop yet"

    def test_begun_when_a_draft(self) -> None:
        around = replace(NOTHING, metrics=self.with_status("draft"), published_marts=ALL_MARTS)
        found = stands(item("csat", "metric"), around)
        assert (found.status, found.why) == (Status.IN_PROGRESS, "the metric csat is a draft")

    def test_queued_when_nobody_defined_it(self) -> None:
        found = stands(item("no_such_metric", "metric"))
        assert (found.status, found.why) == (
            Status.QUEUED,
            "the metric no_such_metric is not defined",
        )


class TestEvidence:
    WANTED = item("drill", "evidence", topic="Mirror outage drill")
    MADE = MadeBundle("evidence/mirror-outage-drill-1.zip", NOW, is_here=True)

    def test_complete_when_its_bundle_is_there(self) -> None:
        around = replace(NOTHING, bundles={"mirror outage drill": self.MADE})
        found = stands(self.WANTED, around)
        assert (found.status, found.artifact and found.artifact.file) == (
            Status.COMPLETE,
            self.MADE.file,
        )

    def test_a_bundle_that_is_gone_proves_nothing(self) -> None:
        gone = replace(self.MADE, is_here=False)
        found = stands(self.WANTED, replace(NOTHING, bundles={"mirror outage drill": gone}))
        assert found.status is Status.QUEUED
        assert found.why.endswith("was made and is not in this home any more")

    def test_an_open_incident_gathers_for_it(self) -> None:
        around = replace(NOTHING, incidents=frozenset({"mirror outage drill"}))
        assert stands(self.WANTED, around).status is Status.IN_PROGRESS

    def test_what_waits_for_another_item(self) -> None:
        first = item("launch", "evidence", proof="validation")
        wanted = self.WANTED | {"needs": {"items": ["launch"]}}
        found = stands(wanted, NOTHING, first)
        assert (found.status, found.blocked_by) == (
            Status.BLOCKED,
            ["the item launch is queued"],
        )
        signed = replace(NOTHING, validation_signed_at=NOW)
        assert stands(wanted, signed, first).status is Status.QUEUED
        assert stands(first, signed).status is Status.COMPLETE


def test_open_ones_come_first_then_by_priority() -> None:
    wanted = Backlog.model_validate(
        {
            "items": [
                item("launch", "evidence", proof="validation"),
                item("later", priority=3),
                item("soon", priority=1),
            ]
        }
    )
    found = board(wanted, replace(NOTHING, validation_signed_at=NOW))
    assert [each.item.name for each in found.standings] == ["soon", "later", "launch"]
    assert found.as_json()["counts"] == {
        "queued": 2,
        "in progress": 0,
        "blocked": 0,
        "complete": 1,
    }


class TestLookedAt:
    """Against the app database and a home, as commands and pages ask it."""

    def test_each_thing_is_found_and_only_of_this_shop(
        self, database: Database, two_shops: tuple[SeededShop, SeededShop], tmp_path: Path
    ) -> None:
        ours, theirs = (each.shop_id for each in two_shops)
        with database.jobs() as session:
            connect(session, "chatwoot", NOW - timedelta(minutes=5))
            add_facts(
                session,
                [FactRecord(ours, new_id(), FactType.SALES.value, 1, NOW, None, {"day": "x"})],
            )
            for shop in (ours, theirs):
                add_event(
                    session,
                    shop_id=shop,
                    actor="cli:ada",
                    action=CREATED,
                    subject=f"first-month-{shop}.zip",
                    at=NOW,
                    detail={"topic": "First  Month", "manifest_sha256": "00"},
                )
            add_event(
                session,
                shop_id=theirs,
                actor="cli:ada",
                action=SIGNED,
                subject="a publication",
                at=NOW,
            )
        (tmp_path / "evidence").mkdir()
        (tmp_path / f"evidence/first-month-{ours}.zip").touch()
        Incidents(tmp_path).start("mirror-outage-drill", "cli:ada", NOW)
        with database.jobs() as session:
            around = load_surroundings(session, ours, tmp_path, NOW)
            other = load_surroundings(session, theirs, tmp_path, NOW)
        assert (around.sources, other.sources) == ({"chatwoot"}, frozenset())
        assert (around.facts, other.facts) == ({"shopify.sales.summary": NOW}, {})
        assert around.bundle_of("First month") == MadeBundle(
            f"evidence/first-month-{ours}.zip", NOW, is_here=True
        )
        assert (made := other.bundle_of("first month")) is not None
        assert not made.is_here
        assert around.incident_about("Mirror outage drill")
        assert (around.validation_signed_at, other.validation_signed_at) == (None, NOW)
        assert around.published_marts == frozenset()
