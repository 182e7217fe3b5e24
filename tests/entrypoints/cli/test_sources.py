"""How the sources stand, told from what the databases hold."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hotdash.base.ids import new_id
from hotdash.storage.appdb.models import ApiCall, SchemaDrift, SourceState
from hotdash.storage.appdb.repositories.freshness import save_freshness
from hotdash.storage.appdb.session import Database
from tests.fixtures.commands import Commands
from tests.fixtures.shops import add_shop
from tests.fixtures.simulator import SHOP_ID


@pytest.fixture
def shop(commands: Commands, database: Database, weather: None) -> Commands:
    with database.jobs() as session:
        add_shop(session, SHOP_ID)
    connect(commands, "narrow")
    return commands


def connect(commands: Commands, key: str) -> None:
    commands.told("connect", "weather", "--secrets-stdin", stdin=json.dumps({"api_key": key}))


def source(commands: Commands, *flags: str) -> dict[str, Any]:
    [told] = commands.told("sources", *flags)["sources"]
    return told


def call(at: datetime, status: str = "ok", retries: int = 0) -> ApiCall:
    return ApiCall(
        shop_id=SHOP_ID,
        at=at,
        vendor="weather",
        operation="readings",
        status=status,
        seconds=0.1,
        retries=retries,
    )


def test_before_and_after_the_first_read(shop: Commands) -> None:
    before = source(shop)
    assert before["state"] == before["freshness"] == "never read"
    assert before["complete_through"] is before["last_load_at"] is None
    shop.told("sync")
    after = source(shop)
    assert (after["state"], after["freshness"]) == ("working", "fresh")
    assert 0 <= after["age_seconds"] < 60
    assert (after["soft_limit_seconds"], after["hard_limit_seconds"]) == (3600, 86_400)
    assert after["last_load_rows"] == 5
    assert after["last_load_at"] is not None
    assert after["unreadable_waiting"] == 1


def test_calls_of_the_last_day_drifts_and_trouble(shop: Commands, database: Database) -> None:
    now = datetime.now(UTC)
    drift = {
        "shop_id": SHOP_ID,
        "source": "weather",
        "table_name": "weather_readings",
        "kind": "added",
        "detail": "new",
        "impact": "Low",
        "action": "look",
        "owner": "data",
        "detected_at": now,
        "last_seen_at": now,
        "target_date": now.date(),
        "next_review": now.date(),
    }
    with database.jobs() as session:
        session.add_all(
            [
                *(call(now), call(now, retries=1), call(now, "HTTP 503")),
                call(now - timedelta(hours=25), "HTTP 503"),
                SchemaDrift(drift_id=new_id(), field="wind", **drift),
                SchemaDrift(drift_id=new_id(), field="rain", closed_at=now, **drift),
                SourceState(
                    shop_id=SHOP_ID,
                    source="weather",
                    state="rejected",
                    since=now,
                    failures=1,
                    reason="The key is not accepted.",
                    hint="Make a new one.",
                    seen_at=now,
                ),
            ]
        )
    told = source(shop)
    assert told["last_24_hours"] == {"calls": 3, "failed": 1, "retried": 1}
    assert told["open_drifts"] == 1
    assert told["state"] == "rejected"
    said = shop.shown("sources")
    assert "The key is not accepted." in said
    assert "Make a new one." in said


@pytest.mark.parametrize(
    ("hours", "freshness", "said"), [(2, "stale", "beyond 60 min"), (50, "too old", "beyond 24 h")]
)
def test_age_is_held_against_the_limits(
    shop: Commands, database: Database, hours: int, freshness: str, said: str
) -> None:
    now = datetime.now(UTC)
    with database.jobs() as session:
        save_freshness(session, SHOP_ID, "weather", now - timedelta(hours=hours), at=now)
    assert source(shop)["freshness"] == freshness
    assert said in shop.shown("sources")


def test_a_source_that_was_disconnected_is_still_told(shop: Commands) -> None:
    shop.told("sync")
    shop.told("disconnect", "weather", "--shop", SHOP_ID)
    assert source(shop)["state"] == "not connected"


def test_missing_scopes_are_asked_for_on_request(shop: Commands) -> None:
    assert source(shop)["missing_scopes"] is None
    assert source(shop, "--check")["missing_scopes"] == ["forecast"]
    assert "lacks forecast" in shop.shown("sources", "--check")


def test_a_row_that_came_readable_later_no_longer_waits(shop: Commands) -> None:
    """The row 99 is unreadable at each read, until one brings it."""
    shop.told("sync")
    since = (datetime.now(UTC) - timedelta(days=100)).isoformat()
    shop.told("sync", "--since", since)
    assert source(shop)["unreadable_waiting"] == 1, "told unreadable again at the same instant"
    with opened_elsewhere(shop, "update raw.quarantine set fetched_at = '2020-01-01'"):
        pass
    assert source(shop)["unreadable_waiting"] == 0


def test_a_warehouse_in_use_is_said_and_the_rest_is_told(shop: Commands) -> None:
    shop.told("sync")
    with opened_elsewhere(shop, "select 1"):
        told = shop.told("sources")
        said = shop.shown("sources")
    assert told["warehouse"] != "read"
    assert told["sources"][0]["last_load_rows"] is None
    assert told["sources"][0]["state"] == "working"
    assert "not known just now" in said


@contextmanager
def opened_elsewhere(commands: Commands, statement: str) -> Iterator[None]:
    """Another process has the warehouse, as a run has."""
    file = commands.folder / ".hotdash" / "warehouse.duckdb"
    code = (
        "import duckdb, sys; c = duckdb.connect(sys.argv[1]); c.execute(sys.argv[2]);"
        "print('ready', flush=True); sys.stdin.read()"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(file), statement],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    yield
    process.communicate(b"")
