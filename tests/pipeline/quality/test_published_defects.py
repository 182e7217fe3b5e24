"""Every seeded defect, published: its shop keeps the last good of what rests on it, and nobody else waits."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from hotdash.base.clock import FixedClock
from hotdash.base.ids import new_id
from hotdash.base.progress import SilentProgress
from hotdash.jobs.gate_results import blocked_marts, finding_detail
from hotdash.pipeline.publish.publish import publish
from hotdash.pipeline.quality.checks.drift import OpenDrift
from hotdash.pipeline.quality.checks.freshness import FreshnessLimit
from hotdash.pipeline.quality.checks.sources import RejectedSource
from hotdash.pipeline.quality.findings import GateReport, Severity
from hotdash.pipeline.quality.gate import CheckRequest, ask
from hotdash.storage.appdb.repositories.publications import (
    MartEdition,
    Outcome,
    editions_of,
    pointer_of,
)
from hotdash.storage.appdb.session import Database
from hotdash.storage.warehouse.candidates import read_candidates
from tests.fixtures.raw_orders import Line, Order
from tests.fixtures.shops import add_shop
from tests.fixtures.warehouses import AS_OF, RESTING_ON_SHOPIFY, BuiltWarehouse
from tests.pipeline.quality.defects import DEFECTS

pytestmark = [pytest.mark.law(5), pytest.mark.law(6)]

# What no row of the warehouse brings about: a source too old, a contract broken, a key refused.
LATE, BROKEN, REFUSED, WELL = "late", "broken", "refused", "well"
BESIDE = (LATE, BROKEN, REFUSED, WELL)
SHOPS = [*(defect.shop for defect in DEFECTS), *BESIDE]
LIMIT = FreshnessLimit(soft=timedelta(hours=1), hard=timedelta(hours=24))

Editions = dict[str, Mapping[str, MartEdition]]


def first_good(built: BuiltWarehouse) -> None:
    """One order of March for everybody, long before any defect."""
    world = built.new_world()
    for shop in SHOPS:
        world.shop(shop, "Europe/Berlin")
        world.load(shop, [Order(900, "2026-03-04T12:00Z", [Line(900, "5.00")])])
    built.build()
    for defect in DEFECTS:
        if defect.timezone != "Europe/Berlin":
            world.shop(defect.shop, defect.timezone)
        defect.tell(world, defect.shop)
    for shop in BESIDE:
        world.load(shop, [Order(901, "2026-10-04T12:00Z", [Line(901, "7.00")])])


def asked(built: BuiltWarehouse) -> GateReport:
    drift = OpenDrift(
        *(BROKEN, "shopify", "shopify_orders", "type", "total_price", "is a list"),
        *("Critical", "Read the schema.", "data"),
        *(10, 10, 10),
    )
    # The mark of the late shop is what it was when all its loads were told; the limit is its own.
    strict = FreshnessLimit(soft=timedelta(0), hard=timedelta(seconds=1))
    request = CheckRequest(
        "build",
        AS_OF + timedelta(days=30),
        {LATE: {"shopify": strict}, WELL: {"shopify": FreshnessLimit(*[timedelta(days=90)] * 2)}},
        [drift],
        [RejectedSource(REFUSED, "shopify", "The key is refused.", "Enter it anew.")],
    )
    return ask(built.warehouse, request, built.home / "dbt", SilentProgress())


def editions(database: Database) -> Editions:
    found: Editions = {}
    with database.jobs() as session:
        for shop in SHOPS:
            pointer = pointer_of(session, shop)
            assert pointer is not None
            found[shop] = editions_of(session, shop, pointer.manifest_id)
    return found


def hashes(edition: MartEdition | None) -> dict[str, str]:
    return {key: entry.rows_hash for key, entry in edition.entries.items()} if edition else {}


def test_every_defect_holds_back_what_rests_on_it_and_nothing_else(
    built_duckdb: BuiltWarehouse, database: Database
) -> None:
    with database.jobs() as session:
        for shop in SHOPS:
            add_shop(session, shop, timezone="Europe/Berlin")

    def published(blocked: dict[str, dict[str, list[str]]]) -> dict[tuple[str, str], Outcome]:
        told = publish(
            database, built_duckdb.warehouse, new_id(), SHOPS, blocked, {}, FixedClock(AS_OF)
        )
        return {(each.shop_id, each.mart): each.outcome for each in told}

    first_good(built_duckdb)
    published({})
    before = editions(database)

    built_duckdb.build()
    report = asked(built_duckdb)
    outcomes = published(blocked_marts([finding_detail(each) for each in report.findings]))
    after = editions(database)

    for shop in SHOPS:
        grave = [
            each
            for each in report.findings
            if each.shop_id == shop and each.severity is Severity.BLOCKING
        ]
        resting = {mart for each in grave for mart in each.marts}
        held = {
            mart
            for (whose, mart), outcome in outcomes.items()
            if whose == shop and outcome is Outcome.BLOCKED
        }
        assert held == resting, shop
        offered: dict[str, dict[str, str]] = {}
        for each in read_candidates(built_duckdb.warehouse, shop):
            offered.setdefault(each.mart, {})[each.partition_key] = each.rows_hash
        for mart in {mart for whose, mart in outcomes if whose == shop}:
            kept, shown = hashes(before[shop].get(mart)), hashes(after[shop].get(mart))
            assert shown == (kept if mart in resting else offered.get(mart, {})), (shop, mart)

    blocking = {
        defect.shop for defect in DEFECTS if defect.expected and defect.severity == "blocking"
    }
    held_shops = {shop for (shop, _), outcome in outcomes.items() if outcome is Outcome.BLOCKED}
    assert held_shops == blocking | {LATE, BROKEN}
    assert {
        mart for (shop, mart), told in outcomes.items() if (shop, told) == (LATE, Outcome.BLOCKED)
    } == (RESTING_ON_SHOPIFY)
    assert len(DEFECTS) + len(BESIDE) >= 30
