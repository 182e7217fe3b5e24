"""The guide and the runbooks of backfills, followed word by word on one shop of the simulator."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from hotdash.base.roles import Role
from hotdash.storage.appdb.repositories import identity
from hotdash.storage.appdb.repositories.publications import pointer_of
from hotdash.storage.appdb.session import Database
from hotdash.storage.warehouse.contract import Warehouse
from hotdash.storage.warehouse.factory import open_warehouse
from tests.fixtures.commands import Commands
from tests.fixtures.followed import Reader, text_of
from tests.fixtures.simulator import SHOP_ID, UNTIL, SimulatorHandle
from tests.fixtures.storefront import CHEAP

PASSWORD = "a few words of a test"
ENGINEER, MANAGER = "erin@shop.example", "max@shop.example"
LAST = min(UNTIL, datetime.now(UTC)).date() - timedelta(days=2)
RUNBOOK = "runbooks/backfill.md"
NOWHERE = "ZZ"
# The simulator's time stands still, and today may be long after it.
PATIENT = {"HOTDASH_ORDERS_FRESH_HARD_MINUTES": "100000000"}


@pytest.fixture
def house(commands: Commands, simulator: SimulatorHandle, database: Database) -> Commands:
    """What Shopify sent of one order of these days is wrong from the beginning."""
    commands.connect_shop(simulator)
    commands.told("sync", **PATIENT)
    with warehouse(commands) as opened:
        opened.execute(
            f"update raw.shopify_orders set ship_country = '{NOWHERE}' where order_id = ("
            "select max(order_id) from raw.shopify_orders where not is_test"
            f" and cast(processed_at as date) = date '{LAST - timedelta(days=1)}')"
        )
    done = commands.run("run", **PATIENT)
    assert done.exit_code == 0, done.output
    with database.jobs() as session:
        for email, role in ((ENGINEER, Role.ENGINEER), (MANAGER, Role.MANAGER)):
            hashed = CHEAP.hash(PASSWORD)
            user = identity.add_user(session, email=email, name=email, password_hash=hashed)
            identity.set_role(session, SHOP_ID, user.user_id, role)
    return commands


@contextmanager
def warehouse(commands: Commands) -> Iterator[Warehouse]:
    [file] = commands.folder.rglob("warehouse.duckdb")
    opened = open_warehouse("duckdb", home=file.parent, memory_mb=512, url=None)
    try:
        yield opened
    finally:
        opened.close()


def shown(database: Database) -> tuple[str, bool]:
    with database.jobs() as session:
        pointer = pointer_of(session, SHOP_ID)
    assert pointer is not None
    return str(pointer.manifest_id), pointer.pin is not None


def nowhere(database: Database) -> int:
    sql = "select count(*) from api.fct_orders where shop_id = :shop and country = :country"
    with database.jobs() as session:
        found = session.execute(text(sql), {"shop": SHOP_ID, "country": NOWHERE})
        return found.scalar_one()


def follow_the_guide(reader: Reader, database: Database) -> None:
    before = shown(database)
    told: dict[str, Any] = {}
    stands: list[tuple[str, bool]] = []
    for verb, answer in reader.follow("guides/backfill.md"):
        told[verb] = answer
        stands.append(shown(database))

    assert told["backfill plan"]["days"] == 9
    # What was fetched was computed as it should be: the raw rows are what is wrong.
    assert told["backfill plan"]["dry_run"]["rows"] == []
    assert told["backfill diff"] == {
        "backfill": reader.known["PLAN"],
        "made_by": "dry_run",
        "rows": [],
    }
    assert told["backfill request"]["demand"] == "manager approval"
    assert [each["status"] for each in told["backfill status"]["history"]] == [
        *("requested", "approved", "running", "running", "completed")
    ]
    assert told["backfill status"]["progress"]["share"] == "1.00"
    # Rolled back and pinned, released, and after the drill as before.
    assert stands[-3:] == [(before[0], True), (before[0], False), (before[0], False)]
    assert told["backfill drill"]["rollback_seconds"] < 60


def follow_rolling_back(reader: Reader, database: Database) -> None:
    """With a backfill that was asked for before, and that the pin keeps out."""
    for verb, answer in reader.follow("runbooks/roll-back.md"):
        if verb == "publish list":
            reader.known["MANIFEST"] = answer["publications"][-1]["manifest_id"]
            ask_anew(reader)
        if verb == "publish rollback":
            assert shown(database) == (reader.known["MANIFEST"], True)
            refused = reader.say("backfill", "run", "PLAN", "--as", "ENGINEER", code=1)
            assert "is held since" in refused["error"]["message"]
    assert shown(database) == (reader.known["MANIFEST"], False)


def ask_anew(reader: Reader) -> None:
    days = ("--from", "FROM", "--to", "TO", "--model", "fct_revenue")
    reader.say("backfill", "plan", "--shop", "SHOP", *days, "--as", "ENGINEER")
    reader.say("backfill", "request", "PLAN", "--reason", "Prices.", "--as", "ENGINEER")


def follow_the_runbook(reader: Reader, database: Database) -> None:
    """After one that was refused, with the raw rows still wrong."""
    refused, fetched_again, before = reader.known["PLAN"], "", shown(database)[0]
    [query] = re.findall(r"^    (select .*);$", text_of(RUNBOOK), re.MULTILINE)
    done: list[str] = []
    for verb, answer in reader.follow(RUNBOOK):
        done.append(verb)
        if verb == "backfill status":
            assert answer["shops"][0]["status"] == "requested"
            with database.jobs() as session:
                found = session.execute(text(query.replace("ID", refused))).mappings().all()
            assert [row["status"] for row in found] == ["requested"]
        if verb == "backfill diff" and "backfill request" in done:
            assert (answer["made_by"], nowhere(database)) == ("run", 0)
            fetched_again = answer["backfill"]
            ask_anew(reader)
        if verb == "backfill abort":
            assert answer["backfill"] != fetched_again
            reader.known["PLAN"] = fetched_again
        if verb == "backfill rollback":
            assert (*shown(database), nowhere(database)) == (before, True, 1)
    assert shown(database) == (before, False)
    assert reader.say("backfill", "status", refused)["shops"][0]["status"] == "completed"


@pytest.mark.slow
@pytest.mark.timeout(1800)
def test_the_guide_and_the_runbooks_hold(house: Commands, database: Database) -> None:
    people = {"ENGINEER": ENGINEER, "MANAGER": MANAGER}
    days = {"FROM": str(LAST - timedelta(days=8)), "TO": str(LAST)}
    reader = Reader(house, PASSWORD, SHOP=SHOP_ID, SOURCE="shopify", **people, **days)
    assert nowhere(database) == 1
    follow_the_guide(reader, database)
    assert nowhere(database) == 1

    reader.known["FROM"] = str(LAST - timedelta(days=3))
    follow_rolling_back(reader, database)
    follow_the_runbook(reader, database)
