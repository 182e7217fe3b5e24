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

    def test_the_present_log_and_its_key_stay(self, installed: Installed) -> None:
        self.write(installed.home, "then")
        (installed.home / "privacy/proof.json").write_text("then")
        installed.back_up()
        self.write(installed.home, "now")
        (installed.home / "privacy/proof.json").write_text("now")
        installed.put_back()
        for file in (self.LOG, self.KEY):
            assert (installed.home / file).read_text() == f"{file.name} now\n"
        assert (installed.home / "privacy/proof.json").read_text() == "then"
        assert not (installed.home / STAGED).exists()

    def test_a_home_without_them_gets_those_of_the_backup(
        self, installed: Installed, elsewhere: BackupDesk
    ) -> None:
        self.write(installed.home, "then")
        installed.back_up()
        restored(elsewhere)
        for file in (self.LOG, self.KEY):
            assert (elsewhere.home / file).read_text() == f"{file.name} then\n"

    def test_a_key_without_a_log_is_of_no_use_beside_the_log_of_the_backup(
        self,
        installed: Installed,
        elsewhere: BackupDesk,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        """A night on a new machine makes one; killed between the two files, the log is not believed to be its own."""

        def die_after_the_key(file: Path, target: Path) -> Path:
            moved = move(file, target)
            if target == elsewhere.home / self.KEY:
                raise RuntimeError("the machine went down")
            return moved

        self.write(installed.home, "then")
        installed.back_up()
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
        self, installed: Installed
    ) -> None:
        seen: list[set[int]] = []

        def follow() -> None:
            with (
                installed.desk.open_warehouse() as warehouse,
                hold_lease(installed.database, warehouse.identity, installed.clock),
            ):
                seen.append(said(installed.database))

        installed.back_up()
        say(installed.database, installed.home, installed.publisher, 2)
        installed.desk = replace(installed.desk, after_restore=follow)
        installed.put_back()
        settle_restore(installed.database, installed.home, follow)
        assert seen == [{1}]

    def test_what_did_not_follow_is_done_by_whoever_comes_next(self, installed: Installed) -> None:
        def fail() -> None:
            raise RuntimeError("the machine went down")

        installed.back_up()
        installed.desk = replace(installed.desk, after_restore=fail)
        with pytest.raises(RuntimeError):
            installed.put_back()
        assert is_unsettled(installed.home)
        with pytest.raises(RuntimeError):
            settle_restore(installed.database, installed.home, fail)
        done: list[str] = []
        for _ in range(2):
            settle_restore(installed.database, installed.home, lambda: done.append("once"))
        assert done == ["once"]
        assert not is_unsettled(installed.home)

    def test_nor_is_it_forgotten_by_the_next_restore_that_does_not_hold(
        self, installed: Installed, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The runbook says to run it again; that one may be refused, or be killed itself."""

        def die(*_: object, **__: object) -> None:
            raise RuntimeError("the machine went down")

        installed.back_up()
        installed.desk = replace(installed.desk, after_restore=die)
        with pytest.raises(RuntimeError):
            installed.put_back()
        say(installed.database, installed.home, installed.publisher, 2)

        place = Place(installed.place)
        [chunk, *_] = place.sizes(FOLDER)
        sound = place.get(chunk)
        place.put(chunk, sound[:-1])
        with pytest.raises(DamagedBackupError):
            installed.put_back()
        assert is_unsettled(installed.home)
        place.put(chunk, sound)
        with monkeypatch.context() as dying:
            dying.setattr(migrate, "rebuild", die)
            with pytest.raises(RuntimeError):
                installed.put_back()

        seen: list[set[int]] = []
        for _ in range(2):
            settle_restore(
                *(installed.database, installed.home),
                lambda: seen.append(said_everywhere(installed.home, installed.database)),
            )
        assert seen == [{2}]
        assert not is_unsettled(installed.home)

    def test_an_erasure_that_stays_open_keeps_nobody_from_the_installation(
        self, installed: Installed
    ) -> None:
        def find_words() -> None:
            raise StillFoundError("evidence still holds words", hint="remove it")

        installed.back_up()
        installed.desk = replace(installed.desk, after_restore=find_words)
        with pytest.raises(StillFoundError):
            installed.put_back()
        assert not is_unsettled(installed.home)
        settle_restore(installed.database, installed.home, find_words)

    def test_nor_does_one_that_a_killed_restore_left(self, installed: Installed) -> None:
        def die() -> None:
            raise RuntimeError("the machine went down")

        def find_words() -> None:
            raise StillFoundError("evidence still holds words", hint="remove it")

        installed.back_up()
        installed.desk = replace(installed.desk, after_restore=die)
        with pytest.raises(RuntimeError):
            installed.put_back()
        with pytest.raises(StillFoundError):
            settle_restore(installed.database, installed.home, find_words)
        assert not is_unsettled(installed.home)


class TestBackupsFromBeforeMigrations:
    """They hold no warehouse, because a migration does not touch it."""

    def test_a_home_that_lacks_a_warehouse_gets_that_of_the_newest_that_holds_one(
        self, installed: Installed, elsewhere: BackupDesk
    ) -> None:
        whole = installed.back_up()
        counted = installed.state.warehouse
        installed.clock.advance(HOUR)
        installed.desk.create(ACTOR, "before migrating", SILENT, with_warehouse=False)
        with elsewhere.open_warehouse() as opened:
            assert row_counts(opened) == {"raw.schema_version": 1}
        done = elsewhere.restore(ACTOR, None, None, SILENT, replace=False, with_warehouse=True)
        assert done.is_of_two
        assert done.warehouse_of is not None
        assert done.warehouse_of.backup_id == whole
        assert state_of(elsewhere.home, elsewhere.database).warehouse == counted

    def test_a_warehouse_that_is_here_stays_where_the_backup_holds_none(
        self, installed: Installed
    ) -> None:
        installed.back_up()
        installed.clock.advance(HOUR)
        installed.desk.create(ACTOR, "before migrating", SILENT, with_warehouse=False)
        say(installed.database, installed.home, installed.publisher, 2)
        counted = installed.state.warehouse
        done = installed.desk.restore(ACTOR, None, None, SILENT, replace=True, with_warehouse=True)
        assert done.warehouse_of is None
        assert installed.state.warehouse == counted

    def test_the_doctor_names_an_empty_warehouse_behind_published_numbers(
        self, installed: Installed, commands: Commands
    ) -> None:
        def sick() -> list[str]:
            done = commands.run("doctor", "--json", HOTDASH_HOME=str(installed.home))
            return [each["what"] for each in json.loads(done.stdout)["checks"] if not each["ok"]]

        assert "rows of the warehouse" not in sick()
        (installed.home / "warehouse.duckdb").unlink()
        assert "rows of the warehouse" in sick()


class TestDamage:
    """Whatever it is, it is refused before anything is touched."""

    def refused(self, installed: Installed, match: str = "damaged|missing|open") -> None:
        before = installed.state
        with pytest.raises(HotdashError, match=match):
            installed.put_back()
        with pytest.raises(HotdashError, match=match):
            installed.desk.verify(None, None, SILENT)
        assert (installed.state, said(installed.database)) == (before, {2})

    @pytest.fixture
    def place(self, installed: Installed) -> Place:
        installed.back_up()
        say(installed.database, installed.home, installed.publisher, 2)
        return Place(installed.place)

    def test_one_flipped_byte_in_any_file(self, installed: Installed, place: Place) -> None:
        chunks = sorted(place.sizes(FOLDER))
        manifest = next(iter(place.sizes(BACKUPS)))
        for name in (chunks[0], chunks[len(chunks) // 2], chunks[-1], manifest, "key.sealed"):
            sound = place.get(name)
            flipped = bytearray(sound)
            flipped[len(sound) // 2] ^= 1
            place.put(name, bytes(flipped))
            self.refused(installed)
            place.put(name, sound)
        installed.desk.verify(None, None, SILENT)

    def test_a_truncated_part(self, installed: Installed, place: Place) -> None:
        for name in (max(place.sizes(FOLDER)), next(iter(place.sizes(BACKUPS)))):
            sound = place.get(name)
            place.put(name, sound[:-1])
            self.refused(installed)
            place.put(name, sound)

    def test_a_missing_part(self, installed: Installed, place: Place) -> None:
        place.delete([min(place.sizes(FOLDER))])
        self.refused(installed, "is missing")

    def test_the_manifest_of_another_backup(self, installed: Installed, place: Place) -> None:
        installed.clock.advance(HOUR)
        installed.back_up()
        older, newer = sorted(place.sizes(BACKUPS))
        place.put(newer, place.get(older))
        self.refused(installed)

    def test_another_key(self, installed: Installed, elsewhere: BackupDesk) -> None:
        installed.back_up()
        elsewhere.key_file.unlink()
        with pytest.raises(UnavailableError, match=r"backup.keys is missing"):
            elsewhere.verify(None, None, SILENT)
        Archive(Place(str(elsewhere.home / "own")), elsewhere.key_file)
        with pytest.raises(UnavailableError, match="do not open the backups"):
            elsewhere.verify(None, None, SILENT)


class TestRefusals:
    def test_shops_are_not_replaced_unasked(self, installed: Installed) -> None:
        installed.back_up()
        with pytest.raises(ConflictError, match="holds shops"):
            installed.desk.restore(ACTOR, None, None, SILENT, replace=False, with_warehouse=True)

    def test_a_run_that_is_under_way(self, installed: Installed) -> None:
        installed.back_up()
        with (
            installed.desk.open_warehouse() as warehouse,
            hold_lease(installed.database, warehouse.identity, installed.clock),
        ):
            with pytest.raises(ConflictError, match="A run is under way"):
                installed.put_back()
            with pytest.raises(ConflictError, match="A run is under way"):
                installed.back_up()

    def test_a_living_worker(self, installed: Installed) -> None:
        installed.back_up()
        worker = WorkerRecord(new_id(), "here", 7, ("warehouse",), "1", AT, AT)
        with installed.database.jobs() as session:
            workers.say_alive(session, worker, AT)
        with pytest.raises(ConflictError, match="A worker is there: process 7 on here"):
            installed.put_back()

    def test_a_place_without_backups(self, installed: Installed) -> None:
        with pytest.raises(ConflictError, match="There are no backups at"):
            installed.desk.verify(None, None, SILENT)
        assert not Path(installed.place).exists()
