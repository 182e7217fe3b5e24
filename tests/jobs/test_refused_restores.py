"""Nothing damaged comes back at all, nothing comes back unasked, and nobody who was erased."""

import json
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from hotdash.base.errors import ConflictError, HotdashError, UnavailableError
from hotdash.base.ids import new_id
from hotdash.governance.backup.archive import BACKUPS, Archive
from hotdash.governance.backup.chunks import FOLDER
from hotdash.governance.backup.home_files import STAGED
from hotdash.governance.backup.place import DamagedBackupError, Place
from hotdash.governance.backup.restore import is_unsettled
from hotdash.governance.privacy.erasure_key import ErasureKey
from hotdash.governance.privacy.erasure_log import StillFoundError
from hotdash.jobs.backups import BackupDesk, settle_restore
from hotdash.pipeline.lease import hold_lease
from hotdash.storage.appdb import migrate
from hotdash.storage.appdb.repositories import workers
from hotdash.storage.appdb.repositories.workers import WorkerRecord
from hotdash.storage.warehouse.table_counts import row_counts
from tests.fixtures.commands import Commands
from tests.fixtures.recovery import (
    ACTOR,
    AT,
    SILENT,
    Installed,
    State,
    said,
    said_everywhere,
    say,
    state_of,
)

HOUR = timedelta(hours=1)


def restored(desk: BackupDesk) -> State:
    desk.restore(ACTOR, None, None, SILENT, replace=False, with_warehouse=True)
    return state_of(desk.home, desk.database)


class TestWhoWasErased:
    """What says who was erased since the backup stays, and a restore ends with erasing again."""

    LOG, KEY = Path("privacy/erasures.ndjson"), Path("privacy/erasure.key")

    def write(self, home: Path, told: str) -> None:
        (home / self.LOG).parent.mkdir(exist_ok=True)
        for file in (self.LOG, self.KEY):
            (home / file).write_text(f"{file.name} {told}\n")

    def test_the_present_log_and_its_key_stay(self, world: Installed) -> None:
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
        self, world: Installed, elsewhere: BackupDesk
    ) -> None:
        self.write(world.home, "then")
        world.back_up()
        restored(elsewhere)
        for file in (self.LOG, self.KEY):
            assert (elsewhere.home / file).read_text() == f"{file.name} then\n"

    def test_a_key_without_a_log_is_of_no_use_beside_the_log_of_the_backup(
        self,
        world: Installed,
        elsewhere: BackupDesk,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """A night on a new machine makes one; killed between the two files, the log is not believed to be its own."""

        def die_after_the_key(file: Path, target: Path) -> Path:
            moved = move(file, target)
            if target == elsewhere.home / self.KEY:
                raise RuntimeError("the machine went down")
            return moved

        self.write(world.home, "then")
        world.back_up()
        ErasureKey.in_home(elsewhere.home)
        move = Path.replace
        with monkeypatch.context() as dying:
            dying.setattr(Path, "replace", die_after_the_key)
            with pytest.raises(RuntimeError):
                restored(elsewhere)
        settle_restore(elsewhere.database, elsewhere.home)
        for file in (self.LOG, self.KEY):
            assert (elsewhere.home / file).read_text() == f"{file.name} then\n"

    def test_what_must_follow_sees_the_restored_state_and_may_take_the_warehouse(
        self, world: Installed
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

    def test_what_did_not_follow_is_done_by_whoever_comes_next(self, world: Installed) -> None:
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

    def test_nor_is_it_forgotten_by_the_next_restore_that_does_not_hold(
        self, world: Installed, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The runbook says to run it again; that one may be refused, or be killed itself."""

        def die(*_: object, **__: object) -> None:
            raise RuntimeError("the machine went down")

        world.back_up()
        world.desk = replace(world.desk, after_restore=die)
        with pytest.raises(RuntimeError):
            world.put_back()
        say(world.database, world.home, world.publisher, 2)

        place = Place(world.place)
        [chunk, *_] = place.sizes(FOLDER)
        sound = place.get(chunk)
        place.put(chunk, sound[:-1])
        with pytest.raises(DamagedBackupError):
            world.put_back()
        assert is_unsettled(world.home)
        place.put(chunk, sound)
        with monkeypatch.context() as dying:
            dying.setattr(migrate, "rebuild", die)
            with pytest.raises(RuntimeError):
                world.put_back()

        seen: list[set[int]] = []
        for _ in range(2):
            settle_restore(
                *(world.database, world.home),
                lambda: seen.append(said_everywhere(world.home, world.database)),
            )
        assert seen == [{2}]
        assert not is_unsettled(world.home)

    def test_an_erasure_that_stays_open_keeps_nobody_from_the_installation(
        self, world: Installed
    ) -> None:
        def find_words() -> None:
            raise StillFoundError("evidence still holds words", hint="remove it")

        world.back_up()
        world.desk = replace(world.desk, after_restore=find_words)
        with pytest.raises(StillFoundError):
            world.put_back()
        assert not is_unsettled(world.home)
        settle_restore(world.database, world.home, find_words)

    def test_nor_does_one_that_a_killed_restore_left(self, world: Installed) -> None:
        def die() -> None:
            raise RuntimeError("the machine went down")

        def find_words() -> None:
            raise StillFoundError("evidence still holds words", hint="remove it")

        world.back_up()
        world.desk = replace(world.desk, after_restore=die)
        with pytest.raises(RuntimeError):
            world.put_back()
        with pytest.raises(StillFoundError):
            settle_restore(world.database, world.home, find_words)
        assert not is_unsettled(world.home)


class TestBackupsFromBeforeMigrations:
    """They hold no warehouse, because a migration does not touch it."""

    def test_a_home_that_lacks_a_warehouse_gets_that_of_the_newest_that_holds_one(
        self, world: Installed, elsewhere: BackupDesk
    ) -> None:
        whole = world.back_up()
        counted = world.state.warehouse
        world.clock.advance(HOUR)
        world.desk.create(ACTOR, "before migrating", SILENT, with_warehouse=False)
        with elsewhere.open_warehouse() as opened:
            assert row_counts(opened) == {"raw.schema_version": 1}
        done = elsewhere.restore(ACTOR, None, None, SILENT, replace=False, with_warehouse=True)
        assert done.is_of_two
        assert done.warehouse_of is not None
        assert done.warehouse_of.backup_id == whole
        assert state_of(elsewhere.home, elsewhere.database).warehouse == counted

    def test_a_warehouse_that_is_here_stays_where_the_backup_holds_none(
        self, world: Installed
    ) -> None:
        world.back_up()
        world.clock.advance(HOUR)
        world.desk.create(ACTOR, "before migrating", SILENT, with_warehouse=False)
        say(world.database, world.home, world.publisher, 2)
        counted = world.state.warehouse
        done = world.desk.restore(ACTOR, None, None, SILENT, replace=True, with_warehouse=True)
        assert done.warehouse_of is None
        assert world.state.warehouse == counted

    def test_the_doctor_names_an_empty_warehouse_behind_published_numbers(
        self, world: Installed, commands: Commands
    ) -> None:
        def sick() -> list[str]:
            done = commands.run("doctor", "--json", HOTDASH_HOME=str(world.home))
            return [each["what"] for each in json.loads(done.stdout)["checks"] if not each["ok"]]

        assert "rows of the warehouse" not in sick()
        (world.home / "warehouse.duckdb").unlink()
        assert "rows of the warehouse" in sick()


class TestDamage:
    """Whatever it is, it is refused before anything is touched."""

    def refused(self, world: Installed, match: str = "damaged|missing|open") -> None:
        before = world.state
        with pytest.raises(HotdashError, match=match):
            world.put_back()
        with pytest.raises(HotdashError, match=match):
            world.desk.verify(None, None, SILENT)
        assert (world.state, said(world.database)) == (before, {2})

    @pytest.fixture
    def place(self, world: Installed) -> Place:
        world.back_up()
        say(world.database, world.home, world.publisher, 2)
        return Place(world.place)

    def test_one_flipped_byte_in_any_file(self, world: Installed, place: Place) -> None:
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

    def test_a_truncated_part(self, world: Installed, place: Place) -> None:
        for name in (max(place.sizes(FOLDER)), next(iter(place.sizes(BACKUPS)))):
            sound = place.get(name)
            place.put(name, sound[:-1])
            self.refused(world)
            place.put(name, sound)

    def test_a_missing_part(self, world: Installed, place: Place) -> None:
        place.delete([min(place.sizes(FOLDER))])
        self.refused(world, "is missing")

    def test_the_manifest_of_another_backup(self, world: Installed, place: Place) -> None:
        world.clock.advance(HOUR)
        world.back_up()
        older, newer = sorted(place.sizes(BACKUPS))
        place.put(newer, place.get(older))
        self.refused(world)

    def test_another_key(self, world: Installed, elsewhere: BackupDesk) -> None:
        world.back_up()
        elsewhere.key_file.unlink()
        with pytest.raises(UnavailableError, match=r"backup.keys is missing"):
            elsewhere.verify(None, None, SILENT)
        Archive(Place(str(elsewhere.home / "own")), elsewhere.key_file)
        with pytest.raises(UnavailableError, match="do not open the backups"):
            elsewhere.verify(None, None, SILENT)


class TestRefusals:
    def test_shops_are_not_replaced_unasked(self, world: Installed) -> None:
        world.back_up()
        with pytest.raises(ConflictError, match="holds shops"):
            world.desk.restore(ACTOR, None, None, SILENT, replace=False, with_warehouse=True)

    def test_a_run_that_is_under_way(self, world: Installed) -> None:
        world.back_up()
        with (
            world.desk.open_warehouse() as warehouse,
            hold_lease(world.database, warehouse.identity, world.clock),
        ):
            with pytest.raises(ConflictError, match="A run is under way"):
                world.put_back()
            with pytest.raises(ConflictError, match="A run is under way"):
                world.back_up()

    def test_a_living_worker(self, world: Installed) -> None:
        world.back_up()
        worker = WorkerRecord(new_id(), "here", 7, ("warehouse",), "1", AT, AT)
        with world.database.jobs() as session:
            workers.say_alive(session, worker, AT)
        with pytest.raises(ConflictError, match="A worker is there: process 7 on here"):
            world.put_back()

    def test_a_place_without_backups(self, world: Installed) -> None:
        with pytest.raises(ConflictError, match="There are no backups at"):
            world.desk.verify(None, None, SILENT)
        assert not Path(world.place).exists()
