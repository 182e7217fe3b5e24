"""hotdash backup and migrate, as a person types them."""

import json
import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from hotdash.base.clock import SystemClock
from hotdash.base.errors import HotdashError
from hotdash.base.ids import new_id
from hotdash.entrypoints.cli.doctor import told_of_newest
from hotdash.entrypoints.cli.output import FAILED, WRONG_USE
from hotdash.governance.backup.manifest import id_of
from hotdash.governance.backup.place import Place
from hotdash.storage.appdb import migrate
from hotdash.storage.appdb.repositories import audit, workers
from hotdash.storage.appdb.repositories.workers import WorkerRecord
from hotdash.storage.appdb.session import Database
from tests.fixtures.commands import Commands
from tests.fixtures.recovery import AT, desk_of
from tests.fixtures.shops import SeededShop

PLACE = Path("backups")


@pytest.fixture
def own(commands: Commands) -> dict[str, str]:
    return {"HOTDASH_BACKUP_URL": str(commands.folder / PLACE)}


def test_made_listed_proven_and_put_back(
    commands: Commands, own: dict[str, str], shop: SeededShop, database: Database
) -> None:
    made = commands.told("backup", "create", **own)
    assert (made["warehouse"], made["reason"]) == ("file", "by hand")
    [listed] = commands.told("backup", "list", **own)["backups"]
    assert listed["backup"] == made["backup"]
    assert commands.told("backup", "verify", **own)["holds"]
    with database.jobs() as session:
        session.execute(text("update app.shops set name = 'Spoilt'"))
    assert "holds shops" in commands.error("backup", "restore", **own)["message"]
    done = commands.told("backup", "restore", made["backup"], "--replace", **own)
    assert (done["has_warehouse"], done["opens_credentials"]) == (True, True)
    with database.jobs() as session:
        assert session.scalar(text("select name from app.shops")) == "Hot Rod An"
    assert commands.told("audit", "verify", **own)["holds"]


def test_people_are_told_in_words(
    commands: Commands, own: dict[str, str], shop: SeededShop
) -> None:
    said = commands.shown("backup", "create", "--without-warehouse", **own)
    assert "Backed up as" in said
    assert re.search(r"were written, compressed to [\d,.]+ MiB\.", said)
    assert "Keep a copy of" in said
    assert "nothing is missing or changed" in commands.shown("backup", "verify", **own)
    assert "by hand" in commands.shown("backup", "list", **own)
    put_back = commands.shown("backup", "restore", "--replace", **own)
    assert "everybody signs in anew" in put_back
    assert "The warehouse was left as it is" in put_back


def test_what_a_restore_did_beside_is_told(
    commands: Commands, own: dict[str, str], shop: SeededShop
) -> None:
    whole = commands.told("backup", "create", **own)["backup"]
    commands.told("backup", "create", "--without-warehouse", **own)
    assert "–" in commands.shown("backup", "list", **own)
    (commands.folder / ".hotdash/warehouse.duckdb").unlink()
    put_back = commands.shown("backup", "restore", "--replace", **own)
    assert f"so that of {whole} was put back" in put_back
    assert "was left as it is" not in put_back


def test_a_drill(commands: Commands, own: dict[str, str], shop: SeededShop) -> None:
    commands.told("backup", "create", **own)
    told = commands.told("backup", "drill", **own)
    assert (told["holds"], told["differing"], told["audit_misfit"]) == (True, [], None)
    assert told["compared"] == told["tables"] > told["served"] > 9


def test_what_is_not_there(commands: Commands, own: dict[str, str], shop: SeededShop) -> None:
    assert "There are no backups at" in commands.error("backup", "list", **own)["message"]
    commands.told("backup", "create", "--without-warehouse", **own)
    told = commands.error("backup", "restore", "--at", "2020-01-01", "--replace", **own)
    assert "until 2020-01-01T00:00:00.000000Z. The oldest is of" in told["message"]
    assert "no backup 'x'" in commands.error("backup", "verify", "x", **own)["message"]


def test_doctor_tells_of_the_newest_and_of_a_missed_night(
    commands: Commands, own: dict[str, str], shop: SeededShop, database: Database
) -> None:
    desk = desk_of(commands.folder, database, own["HOTDASH_BACKUP_URL"])
    assert told_of_newest(desk).startswith("none at ")
    for days, is_told in ((1, True), (3, False)):
        Place(desk.url).delete(Place(desk.url).sizes("backups"))
        Place(desk.url).put(
            f"backups/{id_of(AT - timedelta(days=days))}.sealed", b"by its name alone"
        )
        if is_told:
            assert "on the disk of this home" in told_of_newest(desk)
        else:
            with pytest.raises(HotdashError, match=r"The newest backup at .+ is of 2026-11-18"):
                told_of_newest(desk)


class TestMigrate:
    def test_an_upgrade_is_backed_up_first(
        self, commands: Commands, own: dict[str, str], shop: SeededShop, database: Database
    ) -> None:
        migrate.downgrade(database, "0023", losing=True)
        told = commands.told("migrate", **own)
        assert (told["before"], told["after"]) == ("0023", migrate.head())
        [listed] = commands.told("backup", "list", **own)["backups"]
        assert (listed["backup"], listed["revision"]) == (told["backup"], "0023")
        assert listed["reason"] == "before migrating from 0023"
        # Nothing is due any more, so that nothing is made.
        assert commands.told("migrate", **own)["backup"] is None

    def test_an_empty_database_has_nothing_to_back_up(
        self, commands: Commands, own: dict[str, str]
    ) -> None:
        assert commands.told("migrate", "--down", "--to", "base", **own)["backup"] is None
        assert commands.told("migrate", **own)["backup"] is None
        assert not PLACE.exists()

    def test_without_one(
        self, commands: Commands, own: dict[str, str], shop: SeededShop, database: Database
    ) -> None:
        migrate.downgrade(database, "0023", losing=True)
        assert commands.told("migrate", "--no-backup", **own)["backup"] is None
        assert not PLACE.exists()

    def test_a_lossy_way_down(
        self, commands: Commands, own: dict[str, str], shop: SeededShop, database: Database
    ) -> None:
        with database.jobs() as session:
            session.execute(
                text("update app.users set may_have_password = false, password_hash = null")
            )
        refused = commands.error("migrate", "--down", "--to", "0018", "--no-backup", **own)
        assert "app.users.may_have_password" in refused["message"]
        assert migrate.current(database) == migrate.head()
        told = commands.told("migrate", "--down", "--to", "0018", "--lose", **own)
        assert (told["after"], bool(told["backup"])) == ("0018", True)

    @pytest.mark.parametrize(
        ("arguments", "says"),
        [
            (("--to", "nonsense"), "no revision 'nonsense'"),
            (("--down", "--to", "nonsense"), "no revision 'nonsense'"),
            (("--down",), "--down says no revision"),
            (("--to", "0020"), "above 0020"),
            (("--down", "--to", "0001"), "Going down to 0001 would lose"),
        ],
    )
    def test_what_is_refused_leaves_no_backup(
        self,
        commands: Commands,
        own: dict[str, str],
        shop: SeededShop,
        database: Database,
        arguments: tuple[str, ...],
        says: str,
    ) -> None:
        with database.jobs() as session:
            audit.add_event(session, shop_id=None, actor="x", action="y", subject="z", at=AT)
        done = commands.run("migrate", *arguments, "--json", **own)
        assert says in json.loads(done.stdout)["error"]["message"]
        assert done.exit_code in (FAILED, WRONG_USE)
        assert migrate.current(database) == migrate.head()
        assert not PLACE.exists()

    def test_a_way_down_to_where_it_stands_does_nothing(
        self, commands: Commands, own: dict[str, str], shop: SeededShop
    ) -> None:
        told = commands.told("migrate", "--down", "--to", migrate.head(), **own)
        assert (told["before"], told["backup"]) == (told["after"], None)
        assert not PLACE.exists()

    def test_a_living_worker_is_named_where_tables_change(
        self, commands: Commands, own: dict[str, str], shop: SeededShop, database: Database
    ) -> None:
        began = SystemClock().now()
        worker = WorkerRecord(new_id(), "here", 7, ("warehouse",), "1", began, began)

        def say_alive() -> None:
            with database.jobs() as session:
                workers.say_alive(session, worker, SystemClock().now())

        say_alive()
        assert commands.told("migrate", **own)["workers"] == []
        migrate.downgrade(database, "0023", losing=True)
        say_alive()
        done = commands.run("migrate", "--no-backup", **own)
        assert "A worker is there: process 7 on here." in done.stderr
        migrate.downgrade(database, "0023", losing=True)
        say_alive()
        told = commands.told("migrate", "--no-backup", **own)
        assert told["workers"] == ["process 7 on here"]
