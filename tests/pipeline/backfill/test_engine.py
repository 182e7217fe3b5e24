"""A backfill changes the days it names of the shops it names, and nothing before it is shown."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import text

from hotdash.base.clock import FixedClock, iso_utc
from hotdash.base.errors import ConflictError, NotFoundError
from hotdash.base.ids import new_id
from hotdash.jobs.compare_backfill import compare_backfill
from hotdash.jobs.tidy import drop_dead_candidates
from hotdash.pipeline.backfill.candidate import CandidateProject
from hotdash.pipeline.backfill.engine import (
    Opened,
    PublicationMovedError,
    Scope,
    as_detail,
    of_detail,
)
from hotdash.pipeline.backfill.showing import StagedRowsDifferError
from hotdash.pipeline.backfill.status import resource_of
from hotdash.pipeline.lease import hold_lease
from hotdash.pipeline.publish.hold import release, rollback
from hotdash.pipeline.transform.build import BuildMode
from hotdash.pipeline.transform.dbt import TransformError
from hotdash.pipeline.transform.rebuild import ModelCodeChangedError
from hotdash.storage.appdb.session import Database
from hotdash.storage.warehouse import candidate_schema
from hotdash.storage.warehouse.contract import Engine
from hotdash.storage.warehouse.kept_findings import announce_build, forget_findings
from tests.fixtures.postgres import TEMPLATE, DatabaseUrls, new_database
from tests.fixtures.shops import add_shop
from tests.fixtures.warehouses import AS_OF, ENGINES, BuiltWarehouse, OpenBuilt
from tests.pipeline.backfill.falsified import (
    IN_OCTOBER,
    OCTOBER,
    OURS,
    THEIRS,
    Falsified,
    falsify,
    true_house,
)

ALL_OCTOBER = Scope((OURS,), OCTOBER)
TWO_CHUNKS = ((OCTOBER[0], date(2026, 10, 9)), (date(2026, 10, 10), OCTOBER[1]))
SEPTEMBER_30, OCTOBER_5, OCTOBER_30 = date(2026, 9, 30), date(2026, 10, 5), date(2026, 10, 30)


@pytest.fixture(scope="module", params=ENGINES)
def true(
    request: pytest.FixtureRequest, built_on: OpenBuilt, template_urls: DatabaseUrls
) -> Iterator[Falsified]:
    engine: Engine = request.param
    with new_database(template_urls, TEMPLATE) as urls:
        database = Database(urls.owner, web_url=urls.web)
        with database.jobs() as session:
            add_shop(session, OURS)
            add_shop(session, THEIRS, timezone="Asia/Tokyo", currency="JPY")
        yield true_house(built_on(engine), database)
        database.dispose()


@pytest.fixture
def house(true: Falsified) -> Iterator[Falsified]:
    """Its warehouse is shared with other files, so that no test may leave a candidate in it."""
    falsify(true)
    yield true
    assert true.schemas() == []


@pytest.mark.law(4)
@pytest.mark.law(6)
def test_only_the_named_days_of_the_named_shop_change_and_only_when_shown(house: Falsified) -> None:
    engine, clock = house.engine, FixedClock(AS_OF)
    before, served = house.built.marts(), {shop: house.hashes(shop) for shop in (OURS, THEIRS)}
    manifest = house.manifest(OURS)
    assert house.gross(OURS)[OCTOBER_5] == Decimal("8.5000")

    opened, staged = house.staged(ALL_OCTOBER, TWO_CHUNKS)

    assert house.built.marts() == before
    assert {shop: house.hashes(shop) for shop in (OURS, THEIRS)} == served
    assert _days_made(house, opened) == {31}
    assert staged.outcomes[OURS]["fct_revenue"] == "published"
    assert of_detail(Opened, as_detail(opened)) == opened
    sales = [
        each
        for each in compare_backfill(house.database, clock, opened, staged)
        if each.metric == "gross_sales"
    ]
    assert {(each.day, each.before, each.after) for each in sales} >= {
        (OCTOBER_5, Decimal("8.5000"), Decimal("7.5000")),
        (OCTOBER_30, Decimal("121.0000"), Decimal("120.0000")),
    }
    with house.database.jobs() as session:
        other, later = (
            replace(opened, manifests_before={OURS: new_id()}),
            staged.manifests_after[OURS],
        )
        with pytest.raises(PublicationMovedError, match="was moved"):
            engine.commit(session, other, staged, OURS)
        both = replace(
            opened,
            scope=replace(opened.scope, shops=(OURS, THEIRS)),
            manifests_before={**opened.manifests_before, THEIRS: new_id()},
        )
        with pytest.raises(PublicationMovedError, match=f"of {THEIRS} was moved"):
            engine.commit(session, both, staged, OURS)
        with pytest.raises(NotFoundError):
            rollback(session, OURS, later, actor="ops", reason="not shown yet", at=AS_OF)

    house.show(opened, staged)
    house.show(opened, staged)

    assert house.manifest(OURS) == staged.manifests_after[OURS] != manifest
    assert house.gross(OURS) == {
        row["day"]: row["gross_sales"] for row in house.of(OURS, house.right)["fct_revenue"]
    }
    assert house.gross(OURS)[OCTOBER_30] == Decimal("120.0000")
    assert house.hashes(THEIRS) == served[THEIRS]
    assert house.built.marts() == before
    with pytest.raises(ConflictError, match="shown for hot-rod-an already"):
        engine.abort(opened.backfill_id)

    merged = engine.merge(opened)
    assert engine.merge(opened) == merged
    assert merged.keys() == {OURS}
    assert merged[OURS] > 0
    engine.close(opened)

    assert house.schemas() == []
    after = house.built.marts()
    assert house.of(OURS, after) == house.of(OURS, house.right)
    assert house.of(THEIRS, after) == house.of(THEIRS, before)
    assert house.built.build().mode is BuildMode.INCREMENTAL
    right = house.hashes(OURS)
    house.publish()
    assert house.hashes(OURS) == right


@pytest.mark.law(6)
def test_what_is_given_up_or_fails_leaves_nothing_behind(house: Falsified) -> None:
    engine = house.engine
    before, served, parts = house.built.marts(), house.hashes(OURS), _parts(house.database)
    opened, staged = house.staged(ALL_OCTOBER)
    broken = engine.open(new_id(), ALL_OCTOBER)
    warehouse, folder = house.built.warehouse, house.built.home / "dbt"
    project = CandidateProject(warehouse, folder, broken.backfill_id, broken.models)
    candidate_schema.lay_out(warehouse, broken.backfill_id, (OURS,), project.overlays, OCTOBER)
    schema = candidate_schema.schema_of(broken.backfill_id)
    warehouse.execute(f"create table {schema}.fct_revenue__fresh as select 'in the way' as what")
    with pytest.raises(TransformError, match=r"The model fct_revenue failed"):
        engine.build(broken, 0)
    assert staged.manifests_after.keys() == {OURS}

    with hold_lease(house.database, resource_of(opened.backfill_id), FixedClock(AS_OF)):
        assert drop_dead_candidates(house.database, warehouse) == 1
    assert drop_dead_candidates(house.database, warehouse) == 1
    for backfill_id in (opened.backfill_id, broken.backfill_id):
        engine.abort(backfill_id)

    assert house.schemas() == []
    assert (house.built.marts(), house.hashes(OURS)) == (before, served)
    house.publish()
    assert _parts(house.database) == parts


def test_named_models_compute_no_day_but_those_asked_for(house: Falsified) -> None:
    """Though the tables of versions were written before the last build was recorded."""
    opened = house.engine.open(new_id(), replace(ALL_OCTOBER, models=("fct_margins",)))
    for chunk in range(len(opened.chunks)):
        house.engine.build(opened, chunk)
    schema = candidate_schema.schema_of(opened.backfill_id)

    (made,) = house.built.rows(
        f"select min(day) as first_day, max(day) as last_day from {schema}.fct_margins__days"
    )

    house.engine.abort(opened.backfill_id)
    assert OCTOBER[0] <= made["first_day"] <= made["last_day"] <= OCTOBER[1]


@pytest.mark.law(5)
@pytest.mark.law(6)
def test_days_that_a_stopped_run_left_are_not_shown_by_the_way(house: Falsified) -> None:
    """They are in the month of the days asked for, and no check has seen them."""
    built, before = house.built, (house.manifest(OURS), house.hashes(OURS))
    first_days = Scope((OURS,), (OCTOBER[0], date(2026, 10, 4)))
    _stopped_before_its_sums(built)

    with pytest.raises(
        StagedRowsDifferError, match=r"fct_revenue 2026-10 .*another hash"
    ) as refused:
        house.staged(first_days)

    assert "`hotdash run` first" in (refused.value.hint or "")
    assert (house.manifest(OURS), house.hashes(OURS)) == before
    built.build(BuildMode.RANGE, OCTOBER)
    opened, staged = house.staged(first_days)
    house.show(opened, staged)
    house.engine.merge(opened)
    house.engine.close(opened)
    assert house.of(OURS) == house.of(OURS, house.right)


@pytest.mark.law(5)
def test_only_the_days_made_are_asked_where_all_others_are_known(house: Falsified) -> None:
    """What was broken by hand on another day is not looked at, until the shop is known to have failed."""
    engine, built = house.engine, house.built
    built.build(BuildMode.RANGE, OCTOBER)
    built.ask()
    scope = replace(ALL_OCTOBER, models=("fct_revenue",))
    opened = replace(engine.open(new_id(), scope), chunks=TWO_CHUNKS)
    for chunk in range(len(opened.chunks)):
        engine.build(opened, chunk)

    def failing() -> list[str]:
        blocked = engine.check(opened).blocked.get(OURS, {}).get("fct_revenue", ())
        return [each.rpartition("(")[2].rstrip(")") for each in blocked]

    def sell(more: int, day: date) -> None:
        built.warehouse.execute(
            f"update marts.fct_orders set gross_sales = gross_sales + {more}"
            f" where shop_id = '{OURS}' and day = date '{day}'"
        )

    known = failing()
    sell(1, SEPTEMBER_30)
    assert failing() == known
    sell(1, OCTOBER_5)
    assert sorted(failing()) == sorted([*known, "1 row"])
    built.ask()
    assert sorted(failing()) == sorted([*known, "2 rows"])
    forget_findings(built.warehouse)
    assert sorted(failing()) == sorted([*known, "2 rows"])

    for day in (SEPTEMBER_30, OCTOBER_5):
        sell(-1, day)
    engine.abort(opened.backfill_id)
    built.build(BuildMode.RANGE, OCTOBER)


def test_days_computed_by_other_code_are_refused(house: Falsified) -> None:
    engine = house.engine
    revenue = engine.outlook(replace(ALL_OCTOBER, models=("fct_revenue",)))
    assert {share.mart for share in revenue.marts} >= {"fct_revenue", "fct_growth"}
    assert "fct_ad_spend" not in revenue.models
    opened = engine.open(new_id(), ALL_OCTOBER)
    with pytest.raises(ModelCodeChangedError, match="changed since the backfill"):
        engine.build(replace(opened, project_hash="another"), 0)
    engine.abort(opened.backfill_id)
    with pytest.raises(NotFoundError, match="no model 'fct_nothing'"):
        engine.outlook(replace(ALL_OCTOBER, models=("fct_nothing",)))
    with pytest.raises(NotFoundError, match="no source 'nobody'"):
        engine.outlook(replace(ALL_OCTOBER, sources=("nobody",)))
    with house.database.jobs() as session:
        now = house.manifest(OURS)
        rollback(session, OURS, now, actor="ops", reason="a look", at=AS_OF)
    with pytest.raises(ConflictError, match="is held since"):
        engine.open(new_id(), ALL_OCTOBER)
    with house.database.jobs() as session:
        release(session, OURS, actor="ops", at=AS_OF)
    builds = house.built.rows("select build_id, project_hash from raw.builds")
    house.built.warehouse.execute("update raw.builds set project_hash = 'another'")

    with pytest.raises(ModelCodeChangedError, match="transformations changed") as refused:
        engine.open(new_id(), ALL_OCTOBER)
    with pytest.raises(ModelCodeChangedError):
        house.built.build(BuildMode.RANGE, OCTOBER)

    assert "hotdash run --full" in (refused.value.hint or "")
    house.built.warehouse.execute(
        "update raw.builds set project_hash = ?", [builds[-1]["project_hash"]]
    )


@pytest.mark.law(9)
def test_a_rebuild_is_not_written_over(house: Falsified) -> None:
    """Everything was computed anew from the same raw rows meanwhile, and from what came after them."""
    opened, staged = house.staged(ALL_OCTOBER)
    house.show(opened, staged)
    house.built.build(BuildMode.FULL)
    rebuilt = house.built.marts()

    assert house.engine.merge(opened) == {OURS: 0}
    house.engine.close(opened)
    assert house.built.marts() == rebuilt


@pytest.mark.law(9)
def test_what_waits_for_a_rebuild_still_waits_after_a_merge(house: Falsified) -> None:
    """The last one here: it moves the other shop to another timezone."""
    opened, staged = house.staged(ALL_OCTOBER)
    house.show(opened, staged)
    house.world.shop(THEIRS, "Asia/Seoul", "JPY")

    assert house.engine.merge(opened)[OURS] > 0
    house.engine.close(opened)

    rebuilt = house.built.build()
    assert (rebuilt.mode, "Asia/Seoul" in rebuilt.reason) == (BuildMode.FULL, True)


def _stopped_before_its_sums(built: BuiltWarehouse) -> None:
    announce_build(built.warehouse, "stopped")
    first, last = (day.isoformat() for day in OCTOBER)
    variables = {
        "build_id": "stopped",
        "as_of": iso_utc(AS_OF),
        "mode": BuildMode.RANGE.value,
        "shops": [OURS],
        "announced": True,
        "range_from": first,
        "range_to": last,
    }
    late = ["publication_days", "publication_candidate", "path:models/staging"]
    results = built.project.run(["run", "--exclude", *late], variables, lambda _name: None)
    assert {each.status for each in results} == {"success"}


def _days_made(house: Falsified, opened: Opened) -> set[int]:
    """How many of the days asked for each model made: nothing else hides what the warehouse has of them."""
    told = (house.built.warehouse, house.built.home / "dbt", opened.backfill_id, opened.models)
    schema = candidate_schema.schema_of(opened.backfill_id)
    return {
        house.built.rows(
            f"select count(*) as days from {schema}.{each.name}__days"
            f" where shop_id = '{OURS}' and {IN_OCTOBER}"
        )[0]["days"]
        for each in CandidateProject(*told).overlays
        if each.has_parts and "day" in each.key
    }


def _parts(database: Database) -> int:
    with database.jobs() as session:
        return session.execute(text("select count(*) from serving.parts")).scalar_one()
