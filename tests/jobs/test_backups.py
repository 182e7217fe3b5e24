"""Backups of a living installation: what comes back is what was there, and nothing damaged comes back at all."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import text

from hotdash.base.clock import FixedClock
from hotdash.base.errors import ConflictError, HotdashError, NotFoundError, UnavailableError
from hotdash.base.ids import new_id
from hotdash.governance.audit import chain
from hotdash.governance.backup.archive import BACKUPS, Archive
from hotdash.governance.backup.chunks import FOLDER
from hotdash.governance.backup.home_files import STAGED
from hotdash.governance.backup.manifest import id_of
from hotdash.governance.backup.place import DamagedBackupError, Place
from hotdash.governance.backup.restore import is_unsettled
from hotdash.jobs.backups import DRILLED, MADE, BackupDesk, settle_restore
from hotdash.jobs.job_context import JobContext
from hotdash.pipeline.lease import hold_lease
from hotdash.storage.appdb import migrate
from hotdash.storage.appdb.repositories import audit, jobs, workers
from hotdash.storage.appdb.repositories.jobs import JobRecord
from hotdash.storage.appdb.repositories.workers import WorkerRecord
from hotdash.storage.appdb.session import Database
from hotdash.storage.secrets import KEY_FILE
from tests.fixtures import sample_rows
from tests.fixtures.marked_builds import SHOPS
from tests.fixtures.marts import Publisher
from tests.fixtures.other_postgres import OtherPostgres
from tests.fixtures.postgres import TEMPLATE, DatabaseUrls, new_database
from tests.fixtures.recovery import (
    ACTOR,
    AT,
    OF_THE_LOG,
    SILENT,
    State,
    desk_of,
    said,
    say,
    settle,
    state_of,
)
from tests.fixtures.working import carried_out, no_warehouse

HOUR = timedelta(hours=1)


class World:
    def __init__(self, folder: Path, database: Database, publisher: Publisher) -> None:
        self.home = folder / "home"
        self.place = str(folder / "place")
        self.database = database
        self.publisher = publisher
        self.clock = FixedClock(AT)
        self.desk = desk_of(self.home, database, self.place, self.clock)
        settle(database, self.home, publisher)

    def back_up(self) -> str:
        return self.desk.create(ACTOR, "by hand", SILENT).manifest.backup_id

    def put_back(self, backup: str | None = None) -> None:
        self.desk.restore(ACTOR, backup, None, SILENT, replace=True, with_warehouse=True)

    @property
    def state(self) -> State:
        return state_of(self.home, self.database)


@pytest.fixture
def world(tmp_path: Path, database: Database, publisher: Publisher) -> World:
    return World(tmp_path, database, publisher)


@pytest.fixture
def elsewhere(
    world: World, tmp_path: Path, empty_database_urls: DatabaseUrls
) -> Iterator[BackupDesk]:
    """Another machine: an empty database and an empty home with nothing but the key of the backups."""
    home = tmp_path / "elsewhere"
    home.mkdir()
    world.desk.archive()
    (home / world.desk.key_file.name).write_bytes(world.desk.key_file.read_bytes())
    (home / world.desk.key_file.name).chmod(0o600)
    database = Database(empty_database_urls.owner, web_url=empty_database_urls.web)
    yield desk_of(home, database, world.place, world.clock)
    database.dispose()


def restored(desk: BackupDesk) -> State:
    desk.restore(ACTOR, None, None, SILENT, replace=False, with_warehouse=True)
    return state_of(desk.home, desk.database)


class TestComingBack:
    def test_everything_is_what_it_was_on_another_machine(
        self, world: World, elsewhere: BackupDesk
    ) -> None:
        before = world.state
        world.back_up()
        after = restored(elsewhere)
        assert len(after.served) >= 9
        assert after == before
        assert said(elsewhere.database) == {1}
        assert chain.verify(elsewhere.database, elsewhere.home).misfit is None

    def test_the_rules_of_the_database_hold_again(
        self, world: World, elsewhere: BackupDesk
    ) -> None:
        world.back_up()
        restored(elsewhere)
        with elsewhere.database.as_user(new_id()) as session:
            assert session.scalar(text("select count(*) from app.shops")) == 0
        for change in ("update audit.events set actor = 'x'", "truncate app.decisions"):
            with (
                pytest.raises(psycopg.errors.Error, match="append-only"),
                elsewhere.database.direct() as connection,
            ):
                connection.execute(change)
        # The number that comes next is not one that was given before.
        with elsewhere.database.jobs() as session:
            audit.add_event(session, shop_id=None, actor="x", action="y", subject="z", at=AT)

    def test_a_row_of_every_table(
        self, world: World, elsewhere: BackupDesk, template_urls: DatabaseUrls
    ) -> None:
        with new_database(template_urls, TEMPLATE) as urls:
            full = Database(urls.owner)
            with full.jobs() as session:
                for number, shop_id in enumerate(SHOPS, 1):
                    sample_rows.fill(session.connection(), shop_id, number)
            before = state_of(world.home, full).tables
            desk = desk_of(world.home, full, world.place, world.clock)
            made = desk.create(ACTOR, "by hand", SILENT, with_warehouse=False)
            full.dispose()
        of_all = {table.name: table.rows for table in made.manifest.app.tables}
        assert not [name for name, rows in of_all.items() if not rows]
        assert restored(elsewhere).tables == before

    def test_the_older_state_replaces_the_newer(self, world: World) -> None:
        before = world.state
        world.back_up()
        say(world.database, world.home, world.publisher, 2)
        assert said(world.database) == {2}
        world.put_back()
        assert (said(world.database), world.state) == ({1}, before)

    def test_the_point_is_chosen_by_time(self, world: World) -> None:
        first = world.back_up()
        for marker in (2, 3):
            world.clock.advance(HOUR)
            say(world.database, world.home, world.publisher, marker)
            world.back_up()
        desk = world.desk
        done = desk.restore(ACTOR, None, AT + HOUR * 1.5, SILENT, replace=True, with_warehouse=True)
        assert (done.manifest.backup_id, said(world.database)) == (id_of(AT + HOUR), {2})
        world.put_back(first)
        assert said(world.database) == {1}
        with pytest.raises(
            NotFoundError, match=r"until 2026-11-21T17:00:00\.000000Z\. The oldest is of"
        ):
            desk.restore(ACTOR, None, AT - HOUR, SILENT, replace=True, with_warehouse=True)

    def test_a_restore_is_told_in_the_log_and_moves_newer_ends_aside(self, world: World) -> None:
        backup = world.back_up()
        say(world.database, world.home, world.publisher, 2)
        chain.note_heads(world.database, world.home, AT + HOUR)
        world.put_back()
        assert chain.verify(world.database, world.home).misfit is None
        assert len(list((world.home / "audit").glob("heads.*.ndjson"))) == 1
        with world.database.jobs() as session:
            detail = session.scalar(
                text("select detail from audit.events where action = 'backup.restored'")
            )
        assert detail["backup"] == backup

    def test_of_an_older_version_it_is_brought_to_this_one(
        self, world: World, elsewhere: BackupDesk, template_urls: DatabaseUrls
    ) -> None:
        with new_database(template_urls, "template1") as urls:
            old = Database(urls.owner)
            migrate.upgrade(old, "0020")
            with old.jobs() as session:
                sample_rows.fill(session.connection(), "hot-rod-an", 1)
            desk = desk_of(world.home, old, world.place, world.clock)
            made = desk.create(ACTOR, "before migrating", SILENT, with_warehouse=False)
            assert made.manifest.app.revision == "0020"
            old.dispose()
        restored(elsewhere)
        assert migrate.current(elsewhere.database) == migrate.head()
        with elsewhere.database.jobs() as session:
            assert session.scalar(text("select count(*) from app.shops")) == 1

    def test_into_another_version_of_postgres(
        self, world: World, elsewhere: BackupDesk, other_postgres: OtherPostgres
    ) -> None:
        before = world.state
        world.back_up()
        older = Database(other_postgres.new_tenant_url())
        assert restored(desk_of(elsewhere.home, older, world.place)).tables == before.tables
        older.dispose()


class TestWhoWasErased:
    """What says who was erased since the backup stays, and a restore ends with erasing again."""

    LOG, KEY = Path("privacy/erasures.ndjson"), Path("privacy/erasure.key")

    def write(self, home: Path, told: str) -> None:
        (home / self.LOG).parent.mkdir(exist_ok=True)
        for file in (self.LOG, self.KEY):
            (home / file).write_text(f"{file.name} {told}\n")

    def test_the_present_log_and_its_key_stay(self, world: World) -> None:
        self.write(world.home, "then")
        (world.home / "privacy/proof.json").write_text("then")
        world.back_up()
        self.write(world.home, "now")
        (world.home / "privacy/proof.json").write_text("now")
        world.put_back()
        for file in (self.LOG, self.KEY):
            assert (world.home / file).read_text() == f"{file.name} now\n"
        assert (world.home / "privacy/proof.json").read_text() == "then"
        assert not (world.home / STAGED).exists()

    def test_a_home_without_them_gets_those_of_the_backup(
        self, world: World, elsewhere: BackupDesk
    ) -> None:
        self.write(world.home, "then")
        world.back_up()
        restored(elsewhere)
        for file in (self.LOG, self.KEY):
            assert (elsewhere.home / file).read_text() == f"{file.name} then\n"

    def test_what_must_follow_sees_the_restored_state_and_may_take_the_warehouse(
        self, world: World
    ) -> None:
        seen: list[set[int]] = []

        def follow() -> None:
            with (
                world.desk.open_warehouse() as warehouse,
                hold_lease(world.database, warehouse.identity, world.clock),
            ):
                seen.append(said(world.database))

        world.back_up()
        say(world.database, world.home, world.publisher, 2)
        world.desk = replace(world.desk, after_restore=follow)
        world.put_back()
        settle_restore(world.database, world.home, follow)
        assert seen == [{1}]

    def test_what_did_not_follow_is_done_by_whoever_comes_next(self, world: World) -> None:
        def fail() -> None:
            raise RuntimeError("the machine went down")

        world.back_up()
        world.desk = replace(world.desk, after_restore=fail)
        with pytest.raises(RuntimeError):
            world.put_back()
        assert is_unsettled(world.home)
        with pytest.raises(RuntimeError):
            settle_restore(world.database, world.home, fail)
        done: list[str] = []
        for _ in range(2):
            settle_restore(world.database, world.home, lambda: done.append("once"))
        assert done == ["once"]
        assert not is_unsettled(world.home)


class TestDrill:
    def test_every_served_table_comes_back(self, world: World) -> None:
        served = world.state.served
        world.back_up()
        done = world.desk.drill(ACTOR, None, None, SILENT)
        assert done.holds
        assert (done.served, done.differing, done.audit_misfit) == (len(served), [], None)
        assert done.warehouse_tables == len(world.state.warehouse)
        assert said(world.database) == {1}
        with world.database.jobs() as session:
            actions = session.scalars(
                text("select action from audit.events where action like 'backup.%' order by at, 1")
            ).all()
        assert sorted(actions) == [DRILLED, MADE]

    def test_a_log_that_was_falsified_is_named(self, world: World) -> None:
        """Falsified before the backup: it comes back as it was, and does not hold."""
        with world.database.direct() as connection:
            connection.execute("alter table audit.events disable trigger user")
            connection.execute("update audit.events set actor = 'cli:bob' where action = 'say'")
            connection.execute("alter table audit.events enable trigger user")
        world.back_up()
        done = world.desk.drill(ACTOR, None, None, SILENT)
        assert (done.differing, done.holds) == ([], False)
        assert done.audit_misfit


class TestDamage:
    """Whatever it is, it is refused before anything is touched."""

    def refused(self, world: World, match: str = "damaged|missing|open") -> None:
        before = world.state
        with pytest.raises(HotdashError, match=match):
            world.put_back()
        with pytest.raises(HotdashError, match=match):
            world.desk.verify(None, None, SILENT)
        assert (world.state, said(world.database)) == (before, {2})

    @pytest.fixture
    def place(self, world: World) -> Place:
        world.back_up()
        say(world.database, world.home, world.publisher, 2)
        return Place(world.place)

    def test_one_flipped_byte_in_any_file(self, world: World, place: Place) -> None:
        chunks = sorted(place.sizes(FOLDER))
        manifest = next(iter(place.sizes(BACKUPS)))
        for name in (chunks[0], chunks[len(chunks) // 2], chunks[-1], manifest, "key.sealed"):
            sound = place.get(name)
            flipped = bytearray(sound)
            flipped[len(sound) // 2] ^= 1
            place.put(name, bytes(flipped))
            self.refused(world)
            place.put(name, sound)
        world.desk.verify(None, None, SILENT)

    def test_a_truncated_part(self, world: World, place: Place) -> None:
        for name in (max(place.sizes(FOLDER)), next(iter(place.sizes(BACKUPS)))):
            sound = place.get(name)
            place.put(name, sound[:-1])
            self.refused(world)
            place.put(name, sound)

    def test_a_missing_part(self, world: World, place: Place) -> None:
        place.delete([min(place.sizes(FOLDER))])
        self.refused(world, "is missing")

    def test_the_manifest_of_another_backup(self, world: World, place: Place) -> None:
        world.clock.advance(HOUR)
        world.back_up()
        older, newer = sorted(place.sizes(BACKUPS))
        place.put(newer, place.get(older))
        self.refused(world)

    def test_another_key(self, world: World, elsewhere: BackupDesk) -> None:
        world.back_up()
        elsewhere.key_file.unlink()
        with pytest.raises(UnavailableError, match=r"backup.keys is missing"):
            elsewhere.verify(None, None, SILENT)
        Archive(Place(str(elsewhere.home / "own")), elsewhere.key_file)
        with pytest.raises(UnavailableError, match="do not open the backups"):
            elsewhere.verify(None, None, SILENT)


class TestRefusals:
    def test_shops_are_not_replaced_unasked(self, world: World) -> None:
        world.back_up()
        with pytest.raises(ConflictError, match="holds shops"):
            world.desk.restore(ACTOR, None, None, SILENT, replace=False, with_warehouse=True)

    def test_a_run_that_is_under_way(self, world: World) -> None:
        world.back_up()
        with (
            world.desk.open_warehouse() as warehouse,
            hold_lease(world.database, warehouse.identity, world.clock),
        ):
            with pytest.raises(ConflictError, match="A run is under way"):
                world.put_back()
            with pytest.raises(ConflictError, match="A run is under way"):
                world.back_up()

    def test_a_living_worker(self, world: World) -> None:
        world.back_up()
        worker = WorkerRecord(new_id(), "here", 7, ("warehouse",), "1", AT, AT)
        with world.database.jobs() as session:
            workers.say_alive(session, worker, AT)
        with pytest.raises(ConflictError, match="A worker is there: process 7 on here"):
            world.put_back()

    def test_a_place_without_backups(self, world: World) -> None:
        with pytest.raises(ConflictError, match="There are no backups at"):
            world.desk.verify(None, None, SILENT)
        assert not Path(world.place).exists()


class TestKeys:
    def test_no_key_of_a_vendor_is_in_a_backup(self, world: World, elsewhere: BackupDesk) -> None:
        world.back_up()
        secrets = (world.home / KEY_FILE).read_text().split()
        done = elsewhere.restore(ACTOR, None, None, SILENT, replace=False, with_warehouse=True)
        assert not done.opens_credentials
        assert done.manifest.secrets.opens == (f"{SHOPS[0]} shopify",)
        for file in elsewhere.home.rglob("*"):
            if file.is_file() and file != elsewhere.key_file:
                assert not any(key.encode() in file.read_bytes() for key in secrets)

    def test_the_same_home_opens_them(self, world: World) -> None:
        world.back_up()
        done = world.desk.restore(ACTOR, None, None, SILENT, replace=True, with_warehouse=True)
        assert done.opens_credentials

    def test_a_new_key_opens_what_the_old_one_sealed(
        self, world: World, elsewhere: BackupDesk
    ) -> None:
        world.back_up()
        assert world.desk.rotate_key(ACTOR, retire_old=True) == 1
        world.desk.verify(None, None, SILENT)
        with pytest.raises(UnavailableError, match="do not open the backups"):
            elsewhere.verify(None, None, SILENT)


class TestLater:
    def test_a_second_one_writes_only_what_is_new(self, world: World) -> None:
        first = world.desk.create(ACTOR, "by hand", SILENT).written
        world.clock.advance(HOUR)
        second = world.desk.create(ACTOR, "by hand", SILENT).written
        # The log tells of the first one, and the warehouse's file has a new header.
        assert second.bytes < first.bytes / 2
        assert second.known > second.chunks

    def test_what_is_forgotten_takes_only_its_own_along(self, world: World) -> None:
        world.back_up()
        before = len(Place(world.place).sizes(FOLDER))
        (world.home / "evidence/bundle.zip").unlink()
        world.clock.advance(timedelta(days=40))
        kept = world.back_up()
        assert world.desk.existing_archive().ids() == [kept]
        assert len(Place(world.place).sizes(FOLDER)) < before
        world.desk.verify(None, None, SILENT)
        assert not OF_THE_LOG & world.state.tables.keys()

    def test_a_damaged_chunk_is_written_anew_by_a_whole_one(self, world: World) -> None:
        world.back_up()
        place = Place(world.place)
        name = min(place.sizes(FOLDER))
        place.put(name, place.get(name)[:-1])
        with pytest.raises(DamagedBackupError):
            world.desk.verify(None, None, SILENT)
        world.clock.advance(HOUR)
        world.desk.create(ACTOR, "by hand", SILENT, whole=True)
        world.desk.verify(None, None, SILENT)


class TestAsJobs:
    def carried_out(self, world: World, job: str, slot: str) -> JobRecord:
        context = JobContext(world.database, world.clock, no_warehouse, {}, backups=world.desk)
        return carried_out(context, job, slot)

    def test_a_night_and_a_sunday(self, world: World) -> None:
        assert self.carried_out(world, "backup", "1").status == jobs.COMPLETED
        assert world.desk.newest() == AT
        assert self.carried_out(world, "restore_drill", "2").status == jobs.COMPLETED

    def test_what_does_not_come_back_fails(self, world: World) -> None:
        self.carried_out(world, "backup", "1")
        place = Place(world.place)
        name = min(place.sizes(FOLDER))
        place.put(name, place.get(name)[:-1])
        failed = self.carried_out(world, "restore_drill", "2")
        assert failed.status == jobs.FAILED
        assert "damaged" in (failed.error or "")

    def test_a_log_that_does_not_hold_fails_too(self, world: World) -> None:
        with world.database.direct() as connection:
            connection.execute("alter table audit.events disable trigger user")
            connection.execute("update audit.events set actor = 'cli:bob' where action = 'say'")
            connection.execute("alter table audit.events enable trigger user")
        self.carried_out(world, "backup", "1")
        failed = self.carried_out(world, "restore_drill", "2")
        assert "was restored for practice, and" in (failed.error or "")
