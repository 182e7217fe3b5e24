"""Backups of a living installation: what comes back is what was there."""

from datetime import timedelta

import psycopg
import pytest
from sqlalchemy import text

from hotdash.base.errors import NotFoundError, UnavailableError
from hotdash.base.ids import new_id
from hotdash.governance.audit import chain
from hotdash.governance.backup.chunks import FOLDER
from hotdash.governance.backup.manifest import id_of
from hotdash.governance.backup.place import DamagedBackupError, Place
from hotdash.jobs.backups import DRILLED, MADE, BackupDesk
from hotdash.storage.appdb import migrate
from hotdash.storage.appdb.repositories import audit
from hotdash.storage.appdb.session import Database
from hotdash.storage.secrets import KEY_FILE
from tests.fixtures import sample_rows
from tests.fixtures.marked_builds import SHOPS
from tests.fixtures.other_postgres import OtherPostgres
from tests.fixtures.postgres import TEMPLATE, DatabaseUrls, new_database
from tests.fixtures.recovery import (
    ACTOR,
    AT,
    OF_THE_LOG,
    SILENT,
    Installed,
    State,
    desk_of,
    said,
    say,
    state_of,
)

HOUR = timedelta(hours=1)


def restored(desk: BackupDesk) -> State:
    desk.restore(ACTOR, None, None, SILENT, replace=False, with_warehouse=True)
    return state_of(desk.home, desk.database)


class TestComingBack:
    def test_everything_is_what_it_was_on_another_machine(
        self, installed: Installed, elsewhere: BackupDesk
    ) -> None:
        before = installed.state
        installed.back_up()
        after = restored(elsewhere)
        assert len(after.served) >= 9
        assert after == before
        assert said(elsewhere.database) == {1}
        assert chain.verify(elsewhere.database, elsewhere.home).misfit is None

    def test_the_rules_of_the_database_hold_again(
        self, installed: Installed, elsewhere: BackupDesk
    ) -> None:
        installed.back_up()
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
        self, installed: Installed, elsewhere: BackupDesk, template_urls: DatabaseUrls
    ) -> None:
        with new_database(template_urls, TEMPLATE) as urls:
            full = Database(urls.owner)
            with full.jobs() as session:
                for number, shop_id in enumerate(SHOPS, 1):
                    sample_rows.fill(session.connection(), shop_id, number)
            before = state_of(installed.home, full).tables
            desk = desk_of(installed.home, full, installed.place, installed.clock)
            made = desk.create(ACTOR, "by hand", SILENT, with_warehouse=False)
            full.dispose()
        of_all = {table.name: table.rows for table in made.manifest.app.tables}
        assert not [name for name, rows in of_all.items() if not rows]
        assert restored(elsewhere).tables == before

    def test_the_older_state_replaces_the_newer(self, installed: Installed) -> None:
        before = installed.state
        installed.back_up()
        say(installed.database, installed.home, installed.publisher, 2)
        assert said(installed.database) == {2}
        installed.put_back()
        assert (said(installed.database), installed.state) == ({1}, before)

    def test_the_point_is_chosen_by_time(self, installed: Installed) -> None:
        first = installed.back_up()
        for marker in (2, 3):
            installed.clock.advance(HOUR)
            say(installed.database, installed.home, installed.publisher, marker)
            installed.back_up()
        desk = installed.desk
        done = desk.restore(ACTOR, None, AT + HOUR * 1.5, SILENT, replace=True, with_warehouse=True)
        assert (done.manifest.backup_id, said(installed.database)) == (id_of(AT + HOUR), {2})
        installed.put_back(first)
        assert said(installed.database) == {1}
        with pytest.raises(
            NotFoundError, match=r"until 2026-11-21T17:00:00\.000000Z\. The oldest is of"
        ) as refused:
            desk.restore(ACTOR, None, AT - HOUR, SILENT, replace=True, with_warehouse=True)
        assert refused.value.hint == "`hotdash backup list` names them."

    def test_a_restore_is_told_in_the_log_and_moves_newer_ends_aside(
        self, installed: Installed
    ) -> None:
        backup = installed.back_up()
        say(installed.database, installed.home, installed.publisher, 2)
        chain.note_heads(installed.database, installed.home, AT + HOUR)
        installed.put_back()
        assert chain.verify(installed.database, installed.home).misfit is None
        assert len(list((installed.home / "audit").glob("heads.*.ndjson"))) == 1
        with installed.database.jobs() as session:
            detail = session.scalar(
                text("select detail from audit.events where action = 'backup.restored'")
            )
        assert detail["backup"] == backup

    def test_of_an_older_version_it_is_brought_to_this_one(
        self, installed: Installed, elsewhere: BackupDesk, template_urls: DatabaseUrls
    ) -> None:
        with new_database(template_urls, "template1") as urls:
            old = Database(urls.owner)
            migrate.upgrade(old, "0020")
            with old.jobs() as session:
                sample_rows.fill(session.connection(), "hot-rod-an", 1)
            desk = desk_of(installed.home, old, installed.place, installed.clock)
            made = desk.create(ACTOR, "before migrating", SILENT, with_warehouse=False)
            assert made.manifest.app.revision == "0020"
            old.dispose()
        restored(elsewhere)
        assert migrate.current(elsewhere.database) == migrate.head()
        with elsewhere.database.jobs() as session:
            assert session.scalar(text("select count(*) from app.shops")) == 1

    def test_into_another_version_of_postgres(
        self, installed: Installed, elsewhere: BackupDesk, other_postgres: OtherPostgres
    ) -> None:
        before = installed.state
        installed.back_up()
        older = Database(other_postgres.new_tenant_url())
        assert restored(desk_of(elsewhere.home, older, installed.place)).tables == before.tables
        older.dispose()


class TestDrill:
    def test_every_served_table_comes_back(self, installed: Installed) -> None:
        served = installed.state.served
        installed.back_up()
        done = installed.desk.drill(ACTOR, None, None, SILENT)
        assert done.holds
        assert (done.served, done.differing, done.audit_misfit) == (len(served), [], None)
        assert done.warehouse_tables == len(installed.state.warehouse)
        assert said(installed.database) == {1}
        with installed.database.jobs() as session:
            actions = session.scalars(
                text("select action from audit.events where action like 'backup.%' order by at, 1")
            ).all()
        assert sorted(actions) == [DRILLED, MADE]

    def test_a_log_that_was_falsified_is_named(self, installed: Installed) -> None:
        """Falsified before the backup: it comes back as it was, and does not hold."""
        with installed.database.direct() as connection:
            connection.execute("alter table audit.events disable trigger user")
            connection.execute("update audit.events set actor = 'cli:bob' where action = 'say'")
            connection.execute("alter table audit.events enable trigger user")
        installed.back_up()
        done = installed.desk.drill(ACTOR, None, None, SILENT)
        assert (done.differing, done.holds) == ([], False)
        assert done.audit_misfit


class TestLater:
    def test_a_second_one_writes_only_what_is_new(self, installed: Installed) -> None:
        first = installed.desk.create(ACTOR, "by hand", SILENT).written
        installed.clock.advance(HOUR)
        second = installed.desk.create(ACTOR, "by hand", SILENT).written
        # The log tells of the first one, and the warehouse's file has a new header.
        assert second.bytes < first.bytes / 2
        assert second.known > second.chunks

    def test_what_is_forgotten_takes_only_its_own_along(self, installed: Installed) -> None:
        installed.back_up()
        before = len(Place(installed.place).sizes(FOLDER))
        (installed.home / "evidence/bundle.zip").unlink()
        installed.clock.advance(timedelta(days=40))
        kept = installed.back_up()
        assert installed.desk.existing_archive().ids() == [kept]
        assert len(Place(installed.place).sizes(FOLDER)) < before
        installed.desk.verify(None, None, SILENT)
        assert not OF_THE_LOG & installed.state.tables.keys()

    def test_a_damaged_chunk_is_written_anew_by_a_whole_one(self, installed: Installed) -> None:
        installed.back_up()
        place = Place(installed.place)
        name = min(place.sizes(FOLDER))
        place.put(name, place.get(name)[:-1])
        with pytest.raises(DamagedBackupError):
            installed.desk.verify(None, None, SILENT)
        installed.clock.advance(HOUR)
        installed.desk.create(ACTOR, "by hand", SILENT, whole=True)
        installed.desk.verify(None, None, SILENT)


class TestKeys:
    def test_no_key_of_a_vendor_is_in_a_backup(
        self, installed: Installed, elsewhere: BackupDesk
    ) -> None:
        installed.back_up()
        secrets = (installed.home / KEY_FILE).read_text().split()
        done = elsewhere.restore(ACTOR, None, None, SILENT, replace=False, with_warehouse=True)
        assert not done.opens_credentials
        assert done.manifest.secrets.opens == (f"{SHOPS[0]} shopify",)
        for file in elsewhere.home.rglob("*"):
            if file.is_file() and file != elsewhere.key_file:
                assert not any(key.encode() in file.read_bytes() for key in secrets)

    def test_the_same_home_opens_them(self, installed: Installed) -> None:
        installed.back_up()
        done = installed.desk.restore(ACTOR, None, None, SILENT, replace=True, with_warehouse=True)
        assert done.opens_credentials

    def test_a_new_key_opens_what_the_old_one_sealed(
        self, installed: Installed, elsewhere: BackupDesk
    ) -> None:
        installed.back_up()
        assert installed.desk.rotate_key(ACTOR, retire_old=True) == 1
        installed.desk.verify(None, None, SILENT)
        with pytest.raises(UnavailableError, match="do not open the backups"):
            elsewhere.verify(None, None, SILENT)
