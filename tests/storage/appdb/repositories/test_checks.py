"""Builds and check results: kept per shop, overwritten by a repeated step."""

from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from hotdash.base.ids import new_id
from hotdash.storage.appdb.models import Build
from hotdash.storage.appdb.repositories.checks import (
    FAILED,
    PASSED,
    RUNNING,
    BuildRecord,
    CheckRecord,
    ModelRecord,
    build_models,
    close_abandoned_builds,
    failed_checks,
    newest_checked_build,
    save_build,
    save_check_results,
)
from hotdash.storage.appdb.repositories.runs import RunStatus, finish_run, start_run
from hotdash.storage.appdb.session import Database
from tests.fixtures.shops import SeededShop

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)


@pytest.fixture
def run_id(database: Database, two_shops: tuple[SeededShop, SeededShop]) -> UUID:
    run_id = new_id()
    with database.jobs() as session:
        start_run(session, run_id, "duckdb:x", "refresh", [two_shops[0].shop_id], NOW)
    return run_id


def build_record(run_id: UUID, mode: str = "incremental") -> BuildRecord:
    return BuildRecord(new_id(), run_id, NOW, mode, "new loads", NOW, NOW)


def result(
    shop_id: str, name: str, status: str = FAILED, severity: str = "blocking"
) -> CheckRecord:
    return CheckRecord(
        shop_id,
        name,
        severity,
        status,
        ("fct_revenue",),
        2,
        "Wrong.",
        "Mend it.",
        "data",
        ({"n": 1},),
    )


def test_a_build_is_saved_once_however_often_the_step_runs(
    database: Database, run_id: UUID
) -> None:
    build = build_record(run_id)
    with database.jobs() as session:
        save_build(session, build, [ModelRecord("fct_orders", "error", 1.0, None)])
        save_build(session, build, [ModelRecord("fct_orders", "success", 0.5, 7)])
        save_build(session, build, [])
    with database.jobs() as session:
        assert build_models(session, build.build_id) == [
            ModelRecord("fct_orders", "success", 0.5, 7)
        ]
        saved = session.get_one(Build, build.build_id)
        assert (saved.mode, saved.reason, saved.status) == ("incremental", "new loads", "completed")


def test_a_build_that_died_is_closed_once_its_run_is(database: Database, run_id: UUID) -> None:
    build = replace(build_record(run_id), status=RUNNING, finished_at=None)
    statuses: list[str] = []
    with database.jobs() as session:
        save_build(session, build, [])
        for is_over in (False, True):
            if is_over:
                finish_run(session, run_id, RunStatus.FAILED, NOW)
            close_abandoned_builds(session, NOW)
            session.expire_all()
            statuses.append(session.get_one(Build, build.build_id).status)
    assert statuses == ["running", "failed"]


def test_what_failed_is_told_per_shop_the_blocking_ones_first(
    database: Database, two_shops: tuple[SeededShop, SeededShop]
) -> None:
    here, there = (shop.shop_id for shop in two_shops)
    build_id = new_id()
    results = [
        result(here, "a_warning", severity="warning"),
        result(here, "b_blocking"),
        result(here, "c_passed", PASSED),
        result(there, "d_blocking"),
    ]
    with database.jobs() as session:
        save_check_results(session, build_id, results, NOW)
    with database.jobs() as session:
        assert failed_checks(session, here, build_id) == [results[1], results[0]]
        assert failed_checks(session, there, build_id) == [results[3]]
        assert newest_checked_build(session, here) == build_id


def test_a_repeated_check_forgets_what_it_said_before(database: Database, shop: SeededShop) -> None:
    build_id = new_id()
    for results in ([result(shop.shop_id, "a"), result(shop.shop_id, "b")], []):
        with database.jobs() as session:
            save_check_results(session, build_id, results, NOW)
    with database.jobs() as session:
        assert failed_checks(session, shop.shop_id, build_id) == []


def test_a_person_sees_the_checks_of_their_own_shop_only(
    database: Database, two_shops: tuple[SeededShop, SeededShop]
) -> None:
    here, there = two_shops
    build_id = new_id()
    with database.jobs() as session:
        results = [result(here.shop_id, "a"), result(there.shop_id, "a")]
        save_check_results(session, build_id, results, NOW)
    with database.as_user(here.owner_id) as session:
        assert len(failed_checks(session, here.shop_id, build_id)) == 1
        assert failed_checks(session, there.shop_id, build_id) == []
