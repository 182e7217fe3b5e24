"""From the plan to the rollback over a real warehouse: what is wrong is put right, and nothing else is touched."""

from contextlib import AbstractContextManager
from datetime import date, timedelta
from decimal import Decimal
from functools import partial

import pytest

from hotdash.base.clock import FixedClock
from hotdash.base.environment import Environment
from hotdash.base.roles import Role
from hotdash.governance.access.people import Person
from hotdash.jobs.backfill import Office, Request, request_backfill, roll_back_backfill
from hotdash.jobs.compare_backfill import compare_backfill
from hotdash.jobs.plan_backfill import Ask, plan_backfill
from hotdash.jobs.run_backfill import BackfillWork, run_backfill
from hotdash.jobs.show_backfills import show_diff
from hotdash.jobs.try_backfill import try_backfill
from hotdash.pipeline.backfill.candidate_engine import CandidateEngine
from hotdash.pipeline.lease import Patience, hold_lease
from hotdash.storage.appdb.repositories import identity
from hotdash.storage.appdb.repositories.backfills import events_of
from hotdash.storage.appdb.session import Database
from tests.fixtures.shops import SeededShop
from tests.fixtures.warehouses import AS_OF, OpenBuilt
from tests.pipeline.backfill.falsified import OCTOBER, OURS, THEIRS, Falsified, falsify, true_house


@pytest.fixture
def house(
    built_on: OpenBuilt, database: Database, two_shops: tuple[SeededShop, SeededShop]
) -> Falsified:
    del two_shops
    house = true_house(built_on("duckdb"), database)
    falsify(house)
    return house


def engine_of(house: Falsified) -> CandidateEngine:
    """Patient, as the command's is: a lease just let go of is free a moment later."""
    warehouse, clock = house.built.warehouse, FixedClock(AS_OF)
    patience = Patience(timedelta(minutes=1))

    def turn() -> AbstractContextManager[object]:
        return hold_lease(house.database, warehouse.identity, clock, patience=patience)

    return CandidateEngine(house.database, warehouse, house.built.home / "dbt", clock, turn)


def an_owner(database: Database) -> Person:
    with database.jobs() as session:
        user = identity.add_user(session, email="olga@shop.example", name="Olga")
        for shop_id in (OURS, THEIRS):
            identity.set_role(session, shop_id, user.user_id, Role.OWNER)
    return Person(user.user_id, user.email, dict.fromkeys((OURS, THEIRS), Role.OWNER), "a test")


@pytest.mark.timeout(900)
def test_what_is_wrong_is_put_right_and_can_be_undone(house: Falsified) -> None:
    clock, database = FixedClock(AS_OF + timedelta(days=1)), house.database
    compare = partial(compare_backfill, database, clock)
    office = Office(database, clock)
    work = BackfillWork(office, engine_of(house), Environment.DEVELOPMENT, compare=compare)
    owner, first, last = an_owner(database), date(2026, 9, 30), date(2026, 11, 1)
    wrong, theirs = house.hashes(OURS), house.hashes(THEIRS)
    planned = plan_backfill(
        *(database, work.engine, owner, Ask((OURS,), first, last)),
        *(Environment.DEVELOPMENT, clock, partial(try_backfill, work)),
    )
    assert planned.tried is not None
    assert (house.hashes(OURS), house.hashes(THEIRS), house.schemas()) == (wrong, theirs, [])
    with database.jobs() as session:
        assert events_of(session, planned.plan_id) == []
        would = show_diff(session, planned.plan_id, OURS)
    assert planned.as_json()["days"] == 33
    assert "fct_revenue" in planned.plan.models
    request_backfill(office, owner, Request(planned.plan_id, "Every day is a dollar too much."))

    run_backfill(work, owner, planned.plan_id)

    ours = house.of(OURS, house.right)["fct_revenue"]
    assert house.gross(OURS) == {row["day"]: row["gross_sales"] for row in ours}
    # 3 x 19.99
    assert house.gross(OURS)[first] == Decimal("59.97")
    assert house.hashes(THEIRS) == theirs
    with database.jobs() as session:
        told = show_diff(session, planned.plan_id, OURS)
    assert (would["made_by"], told["made_by"]) == ("dry_run", "run")
    diff = told["rows"]
    assert would["rows"] == diff
    changed = {
        row["day"]: (Decimal(row["before"]), Decimal(row["after"]))
        for row in diff
        if row["metric"] == "gross_sales"
    }
    assert changed["2026-10-05"] == (Decimal("8.5"), Decimal("7.5"))
    assert {before - after for before, after in changed.values()} == {Decimal(1)}
    assert changed.keys() == {
        row["day"].isoformat() for row in ours if OCTOBER[0] <= row["day"] <= OCTOBER[1]
    }

    roll_back_backfill(office, owner, planned.plan_id, "The dollar was right.")

    assert house.hashes(OURS) == wrong
    assert house.schemas() == []
