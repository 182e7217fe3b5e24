"""A failing check is told once, its end is told once, and nothing undelivered is lost."""

import json
from collections.abc import Sequence
from pathlib import Path
from uuid import UUID

import pytest

from hotdash.base.clock import FixedClock
from hotdash.base.ids import new_id
from hotdash.jobs.notify_findings import Told, notify_findings
from hotdash.notifications.channels.file import FileChannel
from hotdash.notifications.message import Severity
from hotdash.notifications.routing import Route
from hotdash.storage.appdb.repositories.checks import CheckRecord, save_check_results
from hotdash.storage.appdb.session import Database
from tests.fixtures.shops import SeededShop

COUNTS, DUPLICATES = "order_counts_reconcile", "duplicate_orders"


class Gate:
    """One build after the other, each with the checks that fail in it."""

    def __init__(self, database: Database, clock: FixedClock, path: Path) -> None:
        self.path = path
        self._database = database
        self._clock = clock

    def build(self, *failing: tuple[str, str], severity: str = "blocking") -> Told:
        build_id = new_id()
        results = [
            CheckRecord(
                shop,
                check,
                severity,
                "failed",
                ("fct_revenue",),
                3,
                "It differs.",
                "Mend it.",
                "me",
            )
            for shop, check in failing
        ]
        with self._database.jobs() as session:
            save_check_results(session, build_id, results, self._clock.now())
        return self.notify(build_id)

    def notify(self, build_id: UUID) -> Told:
        routes = [Route(frozenset({Severity.BLOCKING}), FileChannel(self.path))]
        shops = ("hot-rod-an", "kustom-kyoto")
        return notify_findings(self._database, routes, build_id, shops, self._clock)

    def told(self) -> Sequence[tuple[str, str, str]]:
        if not self.path.exists():
            return []
        lines = map(json.loads, self.path.read_text().splitlines())
        return [(line["shop"], line["check"], line["kind"]) for line in lines]


@pytest.fixture
def gate(
    database: Database,
    two_shops: tuple[SeededShop, SeededShop],
    clock: FixedClock,
    tmp_path: Path,
) -> Gate:
    del two_shops
    return Gate(database, clock, tmp_path / "out" / "notifications.ndjson")


def test_is_told_once_however_many_builds_fail(gate: Gate) -> None:
    told = [gate.build(("hot-rod-an", COUNTS)) for _ in range(3)]

    assert told == [Told(opened=1), Told(), Told()]
    assert gate.told() == [("hot-rod-an", COUNTS, "opened")]


def test_each_shop_and_check_has_its_own(gate: Gate) -> None:
    gate.build(("hot-rod-an", COUNTS), ("hot-rod-an", DUPLICATES), ("kustom-kyoto", COUNTS))

    assert sorted(gate.told()) == [
        ("hot-rod-an", DUPLICATES, "opened"),
        ("hot-rod-an", COUNTS, "opened"),
        ("kustom-kyoto", COUNTS, "opened"),
    ]


def test_passing_again_is_told_once_and_failing_anew_too(gate: Gate) -> None:
    gate.build(("hot-rod-an", COUNTS))
    gate.build()
    gate.build()
    gate.build(("hot-rod-an", COUNTS))

    assert gate.told() == [
        ("hot-rod-an", COUNTS, "opened"),
        ("hot-rod-an", COUNTS, "resolved"),
        ("hot-rod-an", COUNTS, "opened"),
    ]


def test_what_cannot_be_delivered_is_told_the_next_time(gate: Gate) -> None:
    gate.path.parent.parent.joinpath("out").write_text("in the way")
    assert gate.build(("hot-rod-an", COUNTS)) == Told(undelivered=1)

    gate.path.parent.unlink()
    assert gate.build(("hot-rod-an", COUNTS)) == Told(opened=1)
    assert gate.told() == [("hot-rod-an", COUNTS, "opened")]


def test_warnings_go_where_warnings_are_wanted(gate: Gate) -> None:
    gate.build(("hot-rod-an", COUNTS), severity="warning")

    assert gate.told() == []


def test_what_no_channel_took_is_not_told(gate: Gate) -> None:
    told = [gate.build(("hot-rod-an", COUNTS), severity="warning") for _ in range(2)]

    assert told == [Told(undelivered=1)] * 2


def test_the_message_says_what_to_do(gate: Gate) -> None:
    gate.build(("hot-rod-an", COUNTS))

    (line,) = map(json.loads, gate.path.read_text().splitlines())
    assert line["title"] == "hot-rod-an: order counts reconcile fails"
    assert (line["body"], line["mend"], line["owner"]) == ("It differs.", "Mend it.", "me")
