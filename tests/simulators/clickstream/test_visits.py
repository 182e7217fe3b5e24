"""The simulated visitors: the same dirt every time, and a replay that a real collector takes."""

from collections import Counter
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from hotdash.base.clock import FixedClock
from hotdash.entrypoints.web.context import WebContext
from hotdash.simulators.clickstream.visits import touches
from hotdash.simulators.journeys import journey_of
from hotdash.simulators.orders import epoch
from hotdash.simulators.world import World
from hotdash.storage.appdb.click_spool import ClickSpool
from hotdash.storage.appdb.session import Database
from tests.fixtures.browser import running_server
from tests.fixtures.click_files import ClickFolder
from tests.fixtures.collecting import counted, spooled
from tests.fixtures.free_ports import free_port
from tests.fixtures.shops import SeededShop
from tests.fixtures.simulator import SHOP_ID, UNTIL, SimulatorHandle

FIRST, LAST = epoch(UNTIL - timedelta(days=200)), epoch(UNTIL)
ORIGIN = "https://www.hot-rod-an.example"


def test_the_same_every_time_and_all_kinds_of_dirt(world: World) -> None:
    shop = world.of(SHOP_ID)
    told = list(touches(shop, FIRST, LAST))
    assert told == list(touches(World(world.orders, world.seed, UNTIL).of(SHOP_ID), FIRST, LAST))
    kinds = Counter(touch.event_type for touch in told)
    assert kinds["page_view"] > 2 * kinds["order_completed"] > 0
    assert any(touch.is_robot for touch in told)
    assert any(touch.sent_late for touch in told)
    assert len({touch.event_id for touch in told}) < len(told)
    assert any("%E0%A4%A" in touch.url or "{{" in touch.url for touch in told)


def test_every_order_is_told_with_the_visits_it_came_from(world: World) -> None:
    told = list(touches(world.of(SHOP_ID), FIRST, LAST))
    views = {touch.event_id for touch in told if touch.event_type == "page_view"}
    ordered = {touch.order_id: touch for touch in told if touch.order_id}
    for order in world.orders_as_of(UNTIL, SHOP_ID):
        journey = journey_of(order)
        if order.created_at > FIRST + 31 * 86_400:
            assert bool(journey) == (order.order_id in ordered)
            for visit in journey:
                assert f"e{visit.visit_id:x}-view" in views


def test_the_demo_gets_a_folder_that_can_be_read(
    simulator: SimulatorHandle, tmp_path: Path
) -> None:
    fields = simulator.shops[SHOP_ID]["sources"]["clickstream"]
    read = ClickFolder(tmp_path, FixedClock(UNTIL)).read(**fields)
    assert read.refused == []
    assert read.drifts == []
    assert len(read.rows) > 500
    assert max(row["occurred_at"] for row in read.rows) <= UNTIL


@pytest.mark.parametrize("shop_id", [SHOP_ID])
def test_a_replay_ends_in_the_spool(
    simulator: SimulatorHandle,
    database: Database,
    shop: SeededShop,
    tmp_path: Path,
    shop_id: str,
) -> None:
    port = free_port()
    context = WebContext(
        database=database,
        base_url=f"http://127.0.0.1:{port}",
        session_hours=12,
        sign_in_link_minutes=15,
        secrets=lambda: [b"a secret of the tests"],
        home=tmp_path,
        version="0.1.0",
        clock=FixedClock(UNTIL),
    )
    key = ClickSpool(database, shop.shop_id).register([ORIGIN])
    asked = {
        "url": f"{context.base_url}/collect",
        "key": key,
        "origin": ORIGIN,
        "shop": shop_id,
        "from": (UNTIL - timedelta(days=6)).isoformat(),
        "to": UNTIL.isoformat(),
    }
    with running_server(context, port):
        answer = httpx.post(
            f"{simulator.base_url}/_simulator/clickstream/replay", json=asked, timeout=60
        ).json()
    assert set(answer["statuses"]) == {"204"}
    rows = spooled(database)
    assert len(rows) == answer["distinct"] > 10
    assert counted(database).get((shop.shop_id, "bot"), 0) == answer["robots"]
    occurred = [row["event"]["occurred_at"] for row in rows]
    assert max(occurred) <= UNTIL.isoformat().replace("+00:00", "Z")
    assert min(occurred) > "2026-11-14"
