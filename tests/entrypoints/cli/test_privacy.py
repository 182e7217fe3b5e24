"""A person exported and erased by command, while evidence and the audit log go on proving themselves."""

import zipfile
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from hotdash.decisions.log import Action, Decision, Scope, record_decision
from hotdash.entrypoints.cli.publish import operator
from hotdash.governance.backup import restore
from hotdash.governance.backup.restore import is_unsettled
from hotdash.jobs.backups import BackupDesk
from hotdash.storage.appdb import migrate
from hotdash.storage.appdb.session import Database
from hotdash.storage.warehouse.contract import Warehouse
from hotdash.storage.warehouse.factory import open_warehouse
from tests.fixtures import planted_person as person
from tests.fixtures.commands import Commands
from tests.fixtures.planted_person import ANN, SHOP
from tests.fixtures.raw_world import RawWorld
from tests.fixtures.recovery import ACTOR, SILENT
from tests.fixtures.recovery import desk_of as backups_of
from tests.fixtures.shops import add_shop

ELSEWHERE = "dubstep-dublin"
THEN = datetime(2026, 11, 20, 12, tzinfo=UTC)
ABOUT = ("--shop", SHOP, "--reason", "letter 12")


@pytest.fixture
def home(commands: Commands, database: Database) -> Path:
    home = commands.folder / ".hotdash"
    (home / "logs").mkdir(parents=True)
    home.chmod(0o700)
    with database.jobs() as session:
        add_shop(session, SHOP)
        why = f"{person.ADDRESS} asked for it"
        record_decision(
            session, Decision(SHOP, Scope.OPS, Action.CORRECT, "cli:eve", "order 2", why), THEN
        )
    warehouse = warehouse_of(home)
    person.tell(RawWorld(warehouse))
    warehouse.close()
    return home


def test_a_person_is_exported_erased_and_proven_gone(commands: Commands, home: Path) -> None:
    window = ("--from", "2026-11-20", "--to", "2026-11-21")
    bundle = commands.told("evidence", "create", "Order 2", "--shop", SHOP, *window)["path"]
    archive = Path(commands.told("privacy", "export", str(ANN), *ABOUT)["file"])
    with zipfile.ZipFile(archive) as opened:
        assert person.ADDRESS in opened.read("warehouse/raw.shopify_customers.json").decode()

    refused = commands.told("privacy", "erase", str(ANN), *ABOUT, code=2)
    assert refused["error"]["message"] == "Erasing cannot be undone, and nothing was done."
    assert archive.exists()

    [erased] = commands.told("privacy", "erase", str(ANN), *ABOUT, "--yes")["erased"]
    assert erased["left"] == []
    assert Path(erased["file"]).is_file()
    assert not archive.exists()
    assert person.traces_in(person.texts_of_home(home)) == {}

    assert commands.told("evidence", "verify", bundle)["differences"] == []
    commands.shown("audit", "verify")
    [told] = commands.told("privacy", "report")["erasures"]
    assert told["finished_at"] is not None
    assert told["actor"] == erased["actor"] == operator()
    assert commands.told("privacy", "replay")["erased"] == []


@pytest.mark.parametrize("word", [str(ANN), person.ADDRESS])
def test_another_shop_that_knows_the_same_address_is_named(
    commands: Commands, home: Path, database: Database, word: str
) -> None:
    with database.jobs() as session:
        for shop in (ELSEWHERE, "kustom-kyoto"):
            add_shop(session, shop)
    warehouse = warehouse_of(home)
    world = RawWorld(warehouse)
    for shop in (SHOP, ELSEWHERE):
        person.tell(world, shop)
    warehouse.close()
    shown = commands.shown("privacy", "erase", word, *ABOUT, "--yes")
    assert f"also known in {ELSEWHERE}, and stays there" in shown
    about = ("--shop", ELSEWHERE, "--reason", "letter 12")
    told = commands.told("privacy", "erase", person.ADDRESS, *about, "--yes")
    assert told["also_known_in"] == []
    assert told["erased"][0]["left"] == []


def test_who_comes_back_with_a_backup_is_erased_again(
    commands: Commands, home: Path, database: Database
) -> None:
    elsewhere = {"HOTDASH_BACKUP_URL": str(commands.folder / "backups")}
    commands.told("backup", "create", **elsewhere)
    [erased] = commands.told("privacy", "erase", str(ANN), *ABOUT, "--yes")["erased"]
    told = commands.told("backup", "restore", "--replace", **elsewhere)
    assert told["erased_again"] == [erased["erasure_id"]]

    warehouse = warehouse_of(home)
    assert person.traces_in(person.texts_of_warehouse(warehouse)) == {}
    warehouse.close()
    assert person.traces_in(person.texts_of_home(home)) == {}
    assert person.traces_in(person.texts_of_app_database(database)) == {}
    [told] = commands.told("privacy", "report")["erasures"]
    assert told["finished_at"] is not None
    assert commands.told("audit", "verify")["holds"]


def test_what_keeps_a_restore_from_its_end_is_told_and_mended(
    commands: Commands, home: Path, database: Database
) -> None:
    """Every other command waits for the end; these must not, or nobody could bring it about."""

    place = str(commands.folder / "backups")
    elsewhere = {"HOTDASH_BACKUP_URL": place}
    commands.told("backup", "create", **elsewhere)
    commands.told("privacy", "erase", str(ANN), *ABOUT, "--yes")
    left_unsettled(backups_of(home, database, place))
    file = home / "warehouse.duckdb"
    stored = file.read_bytes()
    file.write_bytes(b"no warehouse at all")

    assert commands.error("audit", "verify")["code"] == "warehouse_version"
    checks = commands.told("doctor", code=1, **elsewhere)["checks"]
    [told] = [each for each in checks if each["what"] == "restore"]
    assert told["mend"] == "`hotdash privacy replay` finishes it."
    assert len(commands.told("backup", "list", **elsewhere)["backups"]) == 1
    assert len(commands.told("privacy", "report")["erasures"]) == 1
    assert is_unsettled(home)

    file.write_bytes(stored)
    [erased] = commands.told("privacy", "replay")["erased"]
    assert erased["left"] == []
    assert not is_unsettled(home)
    assert commands.told("audit", "verify")["holds"]


def test_who_cannot_be_erased_wholly_keeps_nobody_from_working(
    commands: Commands, home: Path, database: Database
) -> None:
    place = str(commands.folder / "backups")
    elsewhere = {"HOTDASH_BACKUP_URL": place}
    commands.told("privacy", "erase", str(ANN), *ABOUT, "--yes")
    commands.told("backup", "create", **elsewhere)
    left_unsettled(backups_of(home, database, place))
    bundle = home / "evidence" / "bundle.json"
    bundle.parent.mkdir(exist_ok=True)
    bundle.write_text(person.WORDS)

    assert commands.told("audit", "verify")["holds"]

    assert not is_unsettled(home)
    [told] = commands.told("privacy", "report")["erasures"]
    assert told["finished_at"] is None
    error = commands.error("privacy", "replay")
    assert error["code"] == "still_found"
    bundle.unlink()
    [erased] = commands.told("privacy", "replay")["erased"]
    assert erased["left"] == []


def test_a_restore_that_was_killed_before_it_held_keeps_no_erasure_open(
    commands: Commands, home: Path, database: Database
) -> None:
    bundle = home / "evidence" / "bundle.json"
    bundle.parent.mkdir(exist_ok=True)
    bundle.write_text(person.WORDS)
    commands.error("privacy", "erase", str(ANN), *ABOUT, "--yes")
    bundle.unlink()
    backups = backups_of(home, database, str(commands.folder / "backups"))
    backups.create(ACTOR, "by hand", SILENT)

    with pytest.MonkeyPatch.context() as dying:
        dying.setattr(migrate, "rebuild", die)
        with pytest.raises(RuntimeError):
            put_back(backups)
    assert is_unsettled(home)

    [erased] = commands.told("privacy", "replay")["erased"]
    assert erased["left"] == []
    assert not is_unsettled(home)
    [told] = commands.told("privacy", "report")["erasures"]
    assert told["finished_at"] is not None


def test_the_warehouse_that_a_killed_restore_staged_comes_before_anybody_is_erased(
    commands: Commands, home: Path, database: Database
) -> None:
    """It is a packed file with the person's words: beside the home's own it would be removed."""
    backups = backups_of(home, database, str(commands.folder / "backups"))
    backups.create(ACTOR, "by hand", SILENT)
    with closing(warehouse_of(home)) as warehouse:
        warehouse.execute(
            "update raw.shopify_customers set first_name = 'Later' where customer_id = 8"
        )
    with pytest.MonkeyPatch.context() as dying:
        dying.setattr(restore, "_move_in", die)
        with pytest.raises(RuntimeError):
            put_back(backups)

    [erased] = commands.told("privacy", "erase", str(ANN), *ABOUT, "--yes")["erased"]

    assert erased["left"] == []
    with closing(warehouse_of(home)) as warehouse:
        told = warehouse.query("select first_name from raw.shopify_customers where customer_id = 8")
        texts = person.texts_of_warehouse(warehouse)
    assert told.column("first_name").to_pylist() == ["Bo"]
    assert person.traces_in(texts) == {}


def warehouse_of(home: Path) -> Warehouse:
    return open_warehouse("duckdb", home=home, memory_mb=256, url=None)


def left_unsettled(backups: BackupDesk) -> None:
    """As a machine leaves it that went down before everybody was erased again."""
    with pytest.raises(RuntimeError):
        put_back(replace(backups, after_restore=die))


def put_back(backups: BackupDesk) -> None:
    backups.restore(*(ACTOR, None, None, SILENT), replace=True, with_warehouse=True)


def die(*_: object, **__: object) -> None:
    raise RuntimeError("the machine went down")


def test_who_nobody_knows_is_said(commands: Commands, home: Path) -> None:
    error = commands.error("privacy", "erase", "4711", *ABOUT, "--yes")
    assert error["message"] == "Nothing is known here of this person."
    error = commands.error("privacy", "export", "Annegret", *ABOUT)
    assert "names no customer" in error["message"]
    assert not (home / "privacy/erasures.ndjson").exists()


def test_what_of_retention_would_go_is_said(commands: Commands, home: Path) -> None:
    (home / "retention.yml").write_text("kept_days:\n  api_calls: 45\n")
    planned = commands.told("retention", "plan")
    assert planned["kept_days"]["api_calls"] == 45
    shown = commands.shown("retention", "plan")
    assert "Clicks, kept for 7 days, go in the worker's night alone" in shown
    assert "Sessions and sign-in links" in shown
    assert commands.told("retention", "run")["rows"] == planned["rows"]
