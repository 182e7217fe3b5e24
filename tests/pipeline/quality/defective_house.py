"""The defective shops of one warehouse: heard soundly and published, then with their defects, asked, published again."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from hotdash.base.clock import FixedClock
from hotdash.base.ids import new_id
from hotdash.base.progress import SilentProgress
from hotdash.jobs.gate_results import blocked_marts, check_results
from hotdash.pipeline.publish.publish import publish
from hotdash.pipeline.quality.checks.drift import OpenDrift
from hotdash.pipeline.quality.checks.freshness import FreshnessLimit
from hotdash.pipeline.quality.checks.sources import RejectedSource
from hotdash.pipeline.quality.dbt_checks import dbt_checks
from hotdash.pipeline.quality.findings import Check, Finding, GateReport, Severity
from hotdash.pipeline.quality.gate import CheckRequest, ask
from hotdash.storage.appdb.repositories.checks import save_check_results
from hotdash.storage.appdb.repositories.publications import Outcome, editions_of, pointer_of
from hotdash.storage.appdb.repositories.standings import MartStanding, load_standings
from hotdash.storage.appdb.session import Database
from hotdash.storage.marts import published_marts
from hotdash.storage.warehouse.candidates import read_candidates
from hotdash.storage.warehouse.load_ledger import complete_through
from tests.fixtures.raw_orders import Line, Order
from tests.fixtures.raw_world import RawWorld
from tests.fixtures.shops import add_shop
from tests.fixtures.warehouses import AS_OF, BuiltWarehouse
from tests.pipeline.publish.readers import FINGERPRINTS, Answer, Reader
from tests.pipeline.quality.defects import DEFECTS, heard_support
from tests.pipeline.quality.tampered import (
    UNTOUCHED,
    are_blocking,
    shops_to_tamper,
    tamper,
    tell_whole,
)

HOME = "Europe/Berlin"
BEHIND, LATE, UNSUPPORTED, BROKEN = "behind", "late", "unsupported", "broken"
BESIDE = (BEHIND, LATE, UNSUPPORTED, BROKEN)
# Somebody reads these of them while they are published: two that are held back in part, two that are not.
WATCHED = ("generous", "negative", "sound", UNTOUCHED)
FIFTY_TIMES_A_SECOND = 0.015
ONLY_WARNED = ("kind", "scattered")
LIMIT = FreshnessLimit(soft=timedelta(hours=1), hard=timedelta(hours=24))
MARKS = {
    (BEHIND, "shopify"): timedelta(hours=3),
    (LATE, "shopify"): timedelta(hours=25),
    (UNSUPPORTED, "shopify"): timedelta(minutes=10),
    (UNSUPPORTED, "chatwoot"): timedelta(hours=30),
}

# By shop, mart and partition: the hash of its rows.
Hashes = dict[str, dict[str, dict[str, str]]]


@dataclass
class Publications:
    """What was shown before the defects, what their build offered, and what is shown since."""

    database: Database
    shops: Sequence[str]
    shown_before: Hashes = field(default_factory=dict)
    offered: Hashes = field(default_factory=dict)
    shown: Hashes = field(default_factory=dict)
    outcomes: Mapping[tuple[str, str], Outcome] = field(default_factory=dict)
    standings: Mapping[tuple[str, str], MartStanding] = field(default_factory=dict)
    seen_meanwhile: Counter[Answer] = field(default_factory=Counter)

    def held(self, shop: str) -> set[str]:
        return {
            mart
            for (whose, mart), outcome in self.outcomes.items()
            if whose == shop and outcome is Outcome.BLOCKED
        }

    def first(self, built: BuiltWarehouse) -> None:
        with self.database.jobs() as session:
            for shop in self.shops:
                add_shop(session, shop, timezone=HOME)
        self._publish(built, AS_OF - timedelta(hours=1), GateReport((), ()))
        self.shown_before = self._shown()

    def second(self, built: BuiltWarehouse, report: GateReport) -> None:
        uri, watched = self.database.direct_uri, [list(WATCHED)]
        reader = Reader(uri, [FINGERPRINTS], parameters=watched, pause=FIFTY_TIMES_A_SECOND)
        reader.start()
        reader.read_once_more()
        self._publish(built, AS_OF, report)
        reader.read_once_more()
        self.seen_meanwhile = reader.stop()
        self.offered = {shop: _offered(built, shop) for shop in self.shops}
        self.shown = self._shown()
        with self.database.jobs() as session:
            told = load_standings(session, self.shops, list(published_marts()))
        self.standings = {(each.shop_id, each.mart): each for each in told}

    def _publish(self, built: BuiltWarehouse, at: datetime, report: GateReport) -> None:
        build_id = new_id()
        findings = [each for each in report.findings if each.shop_id in self.shops]
        with self.database.jobs() as session:
            results = check_results(report.checks, findings, [])
            save_check_results(session, build_id, results, at)
        reached = complete_through(built.warehouse)
        told = publish(
            *(self.database, built.warehouse, build_id, self.shops),
            blocked_marts([finding.detail() for finding in findings]),
            {shop: reached[shop] for shop in self.shops},
            FixedClock(at),
            marts_by_source=report.marts_by_source,
        )
        self.outcomes = {(each.shop_id, each.mart): each.outcome for each in told}

    def _shown(self) -> Hashes:
        found: Hashes = {}
        with self.database.jobs() as session:
            for shop in self.shops:
                pointer = pointer_of(session, shop)
                assert pointer is not None, shop
                found[shop] = {
                    mart: {key: entry.rows_hash for key, entry in edition.entries.items()}
                    for mart, edition in editions_of(session, shop, pointer.manifest_id).items()
                }
        return found


def _offered(built: BuiltWarehouse, shop: str) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for each in read_candidates(built.warehouse, shop):
        found.setdefault(each.mart, {})[each.partition_key] = each.rows_hash
    return found


@dataclass(frozen=True)
class DefectiveHouse:
    report: GateReport
    tampered: Mapping[str, Sequence[Check]]
    publications: Publications | None

    def findings(self, shop: str) -> list[Finding]:
        return [finding for finding in self.report.findings if finding.shop_id == shop]

    def blocking(self, shop: str) -> list[Finding]:
        return [each for each in self.findings(shop) if each.severity is Severity.BLOCKING]


def defective_house(built: BuiltWarehouse, database: Database | None) -> DefectiveHouse:
    """Without a database everything is built and asked at once, and nothing published."""
    world = built.new_world()
    tampered = shops_to_tamper(dbt_checks(built.project).values())
    publications = None
    tell_soundly(world, tampered)
    if database is not None:
        publications = Publications(database, shops_to_publish(tampered))
        built.build()
        publications.first(built)
    tell_defects(world, tampered)
    built.build()
    tamper(built.warehouse, tampered)
    report = ask(built.warehouse, _request(built), built.home / "dbt", SilentProgress())
    if publications is not None:
        publications.second(built, report)
    return DefectiveHouse(report, tampered, publications)


def shops_to_publish(tampered: Mapping[str, Sequence[Check]]) -> list[str]:
    """All that something blocks, and some that nothing does."""
    of_defects = (defect.shop for defect in DEFECTS if defect.severity == "blocking")
    grave = (shop for shop, checks in tampered.items() if are_blocking(checks))
    return [*of_defects, *ONLY_WARNED, *BESIDE, UNTOUCHED, *grave]


def tell_soundly(world: RawWorld, tampered: Iterable[str]) -> None:
    """One order of March, long before any defect, or something of every kind."""
    for shop in (*(defect.shop for defect in DEFECTS), *BESIDE):
        world.shop(shop, HOME)
        world.load(shop, [Order(900, "2026-03-04T12:00Z", [Line(900, "5.00")])])
    tell_whole(world, tampered, 0)


def tell_defects(world: RawWorld, tampered: Iterable[str]) -> None:
    for defect in DEFECTS:
        if defect.timezone != HOME:
            world.shop(defect.shop, defect.timezone)
        defect.tell(world, defect.shop)
    for shop in BESIDE:
        world.load(shop, [Order(901, "2026-10-04T12:00Z", [Line(901, "7.00")])])
    heard_support(world, UNSUPPORTED)
    tell_whole(world, tampered, 1)
    for (shop, source), age in MARKS.items():
        world.warehouse.execute(
            "update raw.load_events set complete_through = ? where shop_id = ? and source = ?",
            [AS_OF - age, shop, source],
        )


def _request(built: BuiltWarehouse) -> CheckRequest:
    drift = OpenDrift(
        *(BROKEN, "shopify", "shopify_orders", "type", "total_price", "total_price is a list"),
        *("3 marts", "Read `hotdash drift list`.", "data"),
        *(10, 10, 10),
    )
    limits: dict[str, dict[str, FreshnessLimit]] = {}
    for shop, source in MARKS:
        limits.setdefault(shop, {})[source] = LIMIT
    refused = RejectedSource(UNSUPPORTED, "chatwoot", "Chatwoot refuses the token.", "Enter it.")
    return CheckRequest(f"build-{built.builds:04d}", AS_OF, limits, [drift], [refused])
