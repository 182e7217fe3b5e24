"""hotdash backfill, as people type it: who they are is proven, and what they may not do is said."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from hotdash.base.environment import Environment
from hotdash.base.roles import Role
from hotdash.governance.access.links import issue_link
from hotdash.governance.access.people import Person
from hotdash.jobs.plan_backfill import Ask, Tried, plan_backfill
from hotdash.storage.appdb.repositories import identity
from hotdash.storage.appdb.repositories.backfill_progress import DiffRecord
from hotdash.storage.appdb.session import Database
from tests.fixtures.commands import Commands
from tests.fixtures.marts import Publisher, revenue_day
from tests.fixtures.shops import SeededShop
from tests.fixtures.storefront import CHEAP
from tests.fixtures.told_engine import ToldEngine

PASSWORD = "a few words of a test"
LAST = date(2026, 11, 20)
ENGINEER, MANAGER = "erin@shop.example", "max@shop.example"
REVENUE = DiffRecord("hot-rod-an", "revenue", "1", LAST, "USD", Decimal("8.50"), Decimal("7.50"))


@pytest.fixture
def people(database: Database, shop: SeededShop) -> dict[str, Person]:
    found: dict[str, Person] = {}
    with database.jobs() as session:
        for email, role in ((ENGINEER, Role.ENGINEER), (MANAGER, Role.MANAGER)):
            hashed = CHEAP.hash(PASSWORD)
            user = identity.add_user(session, email=email, name=email, password_hash=hashed)
            identity.set_role(session, shop.shop_id, user.user_id, role)
            found[email] = Person(user.user_id, email, {shop.shop_id: role}, "a test")
    return found


@pytest.fixture
def plan(publisher: Publisher, people: dict[str, Person], shop: SeededShop) -> tuple[UUID, str]:
    publisher.build({"fct_revenue": [revenue_day(shop.shop_id, LAST, "10")]})
    behind = datetime.now(UTC) - publisher.clock.now()
    publisher.clock.advance(max(behind, timedelta()))
    planned = plan_backfill(
        *(publisher.database, ToldEngine(publisher.database), people[ENGINEER]),
        Ask((shop.shop_id,), LAST - timedelta(days=7), LAST),
        *(Environment.PRODUCTION, publisher.clock),
        lambda _plan: Tried(publisher.clock.now(), 2.5, [REVENUE]),
    )
    return planned.plan_id, planned.plan.hash


def say(
    commands: Commands, who: str, *arguments: str, password: str = PASSWORD, **more: Any
) -> Any:
    return commands.told("backfill", *arguments, "--as", who, stdin=f"{password}\n", **more)


def test_is_asked_for_and_approved_by_people(commands: Commands, plan: tuple[UUID, str]) -> None:
    backfill, plan_hash = str(plan[0]), plan[1]
    words = ("backfill", "diff", backfill, "--shop", "hot-rod-an")
    assert commands.told(*words)["rows"] == [
        {
            "metric": "revenue",
            "version": "1",
            "day": "2026-11-20",
            "currency": "USD",
            "before": "8.50",
            "after": "7.50",
        }
    ]
    seen = commands.shown(*words)
    assert "By its dry run it would change" in seen
    assert "7.50 USD" in seen
    asked = say(commands, ENGINEER, "request", backfill, "--reason", "Prices were wrong.")
    assert asked["demand"] == "manager approval"

    own = say(
        *(commands, ENGINEER, "approve", backfill, "--hash", plan_hash, "--reason", "Mine."),
        code=1,
    )
    assert "approve_backfills" in own["error"]["message"]
    say(commands, MANAGER, "approve", backfill, "--hash", plan_hash[:12], "--reason", "Agreed.")

    told = commands.told("backfill", "status", backfill)
    assert [each["status"] for each in told["history"]] == ["requested", "approved"]
    assert [each["by"] for each in told["history"]] == [ENGINEER, MANAGER]
    status = commands.shown("backfill", "status", backfill)
    assert "Run it with `hotdash backfill run`" in status
    assert "found 1 numbers that would change" in " ".join(status.split())
    [listed] = commands.told("backfill", "list")["backfills"]
    assert (listed["approved_by"], listed["plan_hash"]) == (MANAGER, plan_hash)
    assert "Prices were wrong." in commands.shown("backfill", "list")

    say(commands, ENGINEER, "abort", backfill, "--reason", "Not any more.")
    refused = say(
        *(commands, MANAGER, "refuse", backfill, "--reason", "Late."),
        code=1,
    )
    assert refused["error"]["code"] == "conflict"


def test_who_one_is_is_proven_and_not_read_off_a_variable(
    commands: Commands, plan: tuple[UUID, str]
) -> None:
    words = ("request", str(plan[0]), "--reason", "Prices were wrong.")
    wrong = say(commands, ENGINEER, *words, password="not hers", code=1, LOGNAME=ENGINEER)
    assert wrong["error"]["code"] == "wrong_password"
    nobody = say(commands, "nobody@shop.example", *words, code=1)
    assert nobody["error"]["code"] == "wrong_password"
    assert commands.told("backfill", "list")["backfills"] == []


def test_a_link_proves_one_person_once_and_approves_nothing(
    commands: Commands, database: Database, plan: tuple[UUID, str]
) -> None:
    def link(email: str) -> str:
        lasts = {"now": datetime.now(UTC), "lasts": timedelta(minutes=5)}
        return issue_link(database, email, base_url="http://127.0.0.1:8700", **lasts)

    words = ("backfill", "request", str(plan[0]), "--reason", "Wrong.", "--as", ENGINEER, "--link")
    assert commands.error(*words, link(MANAGER))["code"] == "wrong_person"
    hers = link(ENGINEER)
    assert commands.told(*words, hers)["demand"] == "manager approval"
    assert commands.error(*words, hers)["code"] == "link_used_or_expired"
    approving = ("backfill", "approve", str(plan[0]), "--as", MANAGER, "--hash", plan[1])
    done = commands.run(*approving, "--reason", "Yes.", "--link", link(MANAGER))
    assert (done.exit_code, "No such option" in done.output) == (2, True)
