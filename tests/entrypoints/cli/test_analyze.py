"""hotdash analyze from the outside: a log, our own calls, a chart."""

import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from hotdash.decisions.analyzer.analyze import analyze
from hotdash.decisions.analyzer.chart import html_chart, svg_chart
from hotdash.decisions.analyzer.document import analysis_document
from hotdash.decisions.analyzer.recommending import recommend
from hotdash.storage.appdb.repositories.api_calls import CallRecord, read_calls, save_calls
from hotdash.storage.appdb.repositories.facts import list_facts
from hotdash.storage.appdb.session import Database
from hotdash.storage.attempts.store import open_attempts
from tests.fixtures.commands import Commands
from tests.fixtures.shops import SeededShop
from tests.fixtures.sync_log import SHOP_WINDOWS, SyncLog

AT = datetime(2026, 11, 20, 10, tzinfo=UTC)


def call(second: int, status: str, retries: int, vendor: str = "shopify") -> CallRecord:
    at = AT + timedelta(seconds=second)
    return CallRecord("hot-rod-an", at, None, vendor, "orders", status, 0.5, retries)


def of_calls(database: Database, folder: Path, **chosen: Any) -> dict[str, Any]:
    with database.snapshot() as session, open_attempts(folder) as store:
        reading = store.read_calls(read_calls(session, at_once=2, **chosen))
        found = analyze(store, reading, "calls")
    return json.loads(json.dumps(analysis_document(found, recommend(found)), default=str))


def test_calls_are_told_like_a_log(database: Database, shop: SeededShop, tmp_path: Path) -> None:
    """One question asked three times, one at once, one given up after two tries."""
    assert shop.shop_id == "hot-rod-an"
    told = [call(0, "HTTP 429", 0), call(2, "throttled", 1), call(9, "ok", 2), call(10, "ok", 0)]
    told += [call(20, "HTTP 503", 0), call(21, "HTTP 503", 1)]
    with database.jobs() as session:
        save_calls(session, [*told, call(3, "ok", 0, "ga4")])
    found = of_calls(database, tmp_path, vendor="shopify")
    assert found["ids"] == {"at_once": 1, "recovered": 1, "dead": 1, "waiting": 0, "all": 3}
    assert (found["totals"]["attempts"], found["totals"]["refused"]) == (6, 2)
    assert found["seconds_to_success"]["median"] == 9.0
    assert of_calls(database, tmp_path)["totals"]["attempts"] == 7


def test_charts_are_drawn_whole(tmp_path: Path) -> None:
    file = SyncLog(1, SHOP_WINDOWS, hours=2).write(tmp_path / "log.ndjson")
    with open_attempts(tmp_path) as store:
        found = analyze(store, store.read_log([file]), "sync")
    drawn = ElementTree.fromstring(svg_chart(found))
    kinds = [each.get("class") for each in drawn.iter() if each.get("class")]
    assert kinds.count("window") == len(found.windows) >= 2
    assert kinds.count("all") == kinds.count("failed") == len(found.by_hour)
    assert html_chart(found).count("<tr>") == len(found.by_hour) + 1


@pytest.fixture
def log(commands: Commands) -> Path:
    return SyncLog(1, SHOP_WINDOWS, hours=0.7).write(commands.folder / "log.ndjson")


def test_the_command_tells_the_same_of_a_packed_log(commands: Commands, log: Path) -> None:
    plain = commands.told("analyze", "sync", str(log))
    assert plain["windows"][0]["key"] == "shop-1"
    packed = commands.folder / "packed.ndjson.gz"
    packed.write_bytes(gzip.compress(log.read_bytes()))
    assert commands.told("analyze", "sync", str(packed)) == plain
    shown = commands.shown("analyze", "sync", str(log), "--chart", "hours.svg")
    assert "refused window of" in shown
    assert f"{plain['totals']['attempts']:,} attempts" in shown
    assert ElementTree.parse("hours.svg").getroot().get("role") == "img"
    assert not (commands.folder / ".hotdash" / "analysis").exists()


def test_the_command_keeps_whole_logs_only(commands: Commands, log: Path) -> None:
    assert commands.error("analyze", "sync", str(log), "--keep", "--days", "1")["field"] == "keep"
    assert commands.error("analyze", "sync", str(log), "--chart", "a.png")["field"] == "chart"
    assert commands.error("analyze", "sync", "none.ndjson")["field"] == "log"
    not_packed = commands.folder / "plain.gz"
    not_packed.write_bytes(log.read_bytes()[:2000])
    assert commands.error("analyze", "sync", str(not_packed))["code"] == "unreadable_log"


def test_the_command_keeps_facts_once(
    commands: Commands, log: Path, database: Database, shop: SeededShop
) -> None:
    text = log.read_text().replace('"shop-1"', f'"{shop.shop_id}"')
    log.write_text(text)
    first = commands.shown("analyze", "sync", str(log), "--keep")
    assert " 0 new facts" not in first
    with database.jobs() as session:
        kinds = [each.fact_type for each in list_facts(session, shop.shop_id)]
    assert kinds.count("ops.sync.summary") == 8
    assert kinds.count("ops.rate_limit.window") == 2
    assert "\n0 new facts" in commands.shown("analyze", "sync", str(log), "--keep")


def test_the_command_analyses_calls(
    commands: Commands, database: Database, shop: SeededShop
) -> None:
    with database.jobs() as session:
        save_calls(session, [call(0, "HTTP 429", 0), call(2, "ok", 1)])
    told = commands.told("analyze", "calls", "--source", "shopify", "--shop", shop.shop_id)
    assert (told["totals"]["refused"], told["ids"]["recovered"]) == (1, 1)
