"""docs/guides/backfill.md, followed word by word on a shop of the simulator."""

import re
import shlex
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from hotdash.base.roles import Role
from hotdash.storage.appdb.repositories import identity
from hotdash.storage.appdb.repositories.publications import pointer_of
from hotdash.storage.appdb.session import Database
from tests.fixtures.commands import Commands
from tests.fixtures.simulator import SHOP_ID, UNTIL, SimulatorHandle
from tests.fixtures.storefront import CHEAP

GUIDE = (Path(__file__).resolve().parents[3] / "docs/guides/backfill.md").read_text()
COMMANDS = re.findall(r"^    (hotdash .*)$", GUIDE, re.MULTILINE)
PASSWORD = "a few words of a test"
ENGINEER, MANAGER = "erin@shop.example", "max@shop.example"


@pytest.fixture
def house(commands: Commands, simulator: SimulatorHandle, database: Database) -> Commands:
    commands.connect_shop(simulator)
    # The simulator's time stands still, and today may be long after it.
    done = commands.run("run", HOTDASH_ORDERS_FRESH_HARD_MINUTES="100000000")
    assert done.exit_code == 0, done.output
    with database.jobs() as session:
        for email, role in ((ENGINEER, Role.ENGINEER), (MANAGER, Role.MANAGER)):
            hashed = CHEAP.hash(PASSWORD)
            user = identity.add_user(session, email=email, name=email, password_hash=hashed)
            identity.set_role(session, SHOP_ID, user.user_id, role)
    return commands


def shown(database: Database) -> tuple[str, bool]:
    with database.jobs() as session:
        pointer = pointer_of(session, SHOP_ID)
    assert pointer is not None
    return str(pointer.manifest_id), pointer.pin is not None


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_guide_holds(house: Commands, database: Database) -> None:
    last = min(UNTIL, datetime.now(UTC)).date() - timedelta(days=2)
    first = last - timedelta(days=8)
    known = {"SHOP": SHOP_ID, "ENGINEER": ENGINEER, "MANAGER": MANAGER}
    known |= {"FROM": str(first), "TO": str(last)}
    before = shown(database)
    told: dict[str, Any] = {}
    stands: list[tuple[str, bool]] = []
    for line in COMMANDS:
        words = [known.get(word, word) for word in shlex.split(line)[1:]]
        verb = words[1]
        told[verb] = house.told(*words, stdin=f"{PASSWORD}\n")
        if verb == "plan":
            known |= {"PLAN": told[verb]["plan"], "HASH": told[verb]["hash"]}
        stands.append(shown(database))

    assert told["plan"]["days"] == 9
    assert told["request"]["demand"] == "manager approval"
    assert [each["status"] for each in told["status"]["history"]] == [
        *("requested", "approved", "running", "running", "completed")
    ]
    assert told["status"]["progress"]["share"] == "1.00"
    # Rolled back and pinned, released, and after the drill as before.
    assert stands[-3:] == [(before[0], True), (before[0], False), (before[0], False)]
    assert told["drill"]["rollback_seconds"] < 60
