"""Tiles and Today of a shop of a million orders, at rest and while the next hour is computed and published."""

import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import httpx
from playwright.sync_api import BrowserContext, sync_playwright

from benchmarks.figures import Figure, milliseconds_of, percentile
from benchmarks.load import asked_again
from benchmarks.raw_shop import SHOP, Size, tell_an_hour, write_shop
from benchmarks.serving import ServedHouse, served_as_it_is
from benchmarks.webhooks import postgres
from benchmarks.whole_build import MEMORY_MB
from hotdash.base.clock import FixedClock
from hotdash.base.ids import new_id
from hotdash.base.priority import give_way
from hotdash.base.progress import SilentProgress
from hotdash.insights.attribution.training import train_weights
from hotdash.insights.metrics.period import Compare, Range
from hotdash.insights.tiles.catalog import TILES
from hotdash.jobs.precompute_tiles import precompute_tiles
from hotdash.pipeline.publish.publish import publish
from hotdash.pipeline.quality.gate import CheckRequest, ask
from hotdash.pipeline.transform.build import BuildMode, BuildRequest, transform
from hotdash.storage.appdb.session import Database
from hotdash.storage.warehouse.factory import open_warehouse
from tests.fixtures.browser import FLAGS
from tests.fixtures.postgres import DatabaseUrls, new_database
from tests.fixtures.raw_world import FIRST_LOAD
from tests.fixtures.shops import add_shop

# As old as Shopify's orders may be: a stale tile would say less than the one to be measured.
NOW = FIRST_LOAD + timedelta(hours=1)
SOURCES = ("shopify", "chatwoot", "ga4")
CONNECTIONS = 8
REQUESTS = 4_000
TODAYS = 200
_TEMPLATE = "bench_template"
_PAINTED = """() => new Promise((told) => new PerformanceObserver((list) =>
  told(list.getEntries().at(-1).startTime)).observe({type: "largest-contentful-paint", buffered: true}))"""
_CARRIED = """() => ["navigation", "resource"].flatMap((kind) => performance.getEntriesByType(kind))
  .reduce((sum, each) => sum + each.transferSize, 0)"""


def measure(folder: Path, orders: int) -> Iterator[Figure]:
    size = Size(orders * 10, 2, half_lines=True)
    write_shop(folder, size)
    with (
        postgres(folder) as urls,
        new_database(DatabaseUrls(urls.owner, urls.web), _TEMPLATE) as fresh,
    ):
        database = Database(fresh.owner, web_url=fresh.web)
        with database.jobs() as session:
            owner = add_shop(session, SHOP, timezone="America/Chicago").owner_id
        assert _in_a_process("whole", folder, size, fresh.owner).wait() == 0
        with served_as_it_is(folder, database, fresh, NOW) as house:
            yield from _figures(house, house.cookie(owner, NOW), size, "at rest")
        with served_as_it_is(folder, database, fresh, NOW) as house:
            hour = _in_a_process("hour", folder, size, fresh.owner)
            yield from _figures(house, house.cookie(owner, NOW), size, "while an hour is computed")
            assert hour.wait() == 0
        database.dispose()


def _figures(house: ServedHouse, cookie: str, size: Size, when: str) -> Iterator[Figure]:
    what = f"{size.orders:,} orders, {when}"
    yield _cold(house, cookie, what)
    yield from _warm(house, cookie, what)
    yield _today(house, cookie, what)
    yield from _in_a_browser(house, cookie, what)


def _cold(house: ServedHouse, cookie: str, what: str) -> Figure:
    """Every tile over every period, each asked for the first time."""
    with httpx.Client(
        base_url=f"http://127.0.0.1:{house.port}", headers={"cookie": cookie}, timeout=30
    ) as client:
        took = {
            (tile, span.value, compare.value): _milliseconds(client, tile, span, compare)
            for tile in TILES
            for span in Range
            for compare in Compare
        }
    slowest = max(took, key=lambda each: took[each])
    everything = sorted(took.values())
    return Figure(
        *("tile API, cold", f"{what}; {len(took)} questions"),
        f"p50 {percentile(everything, 0.5):.0f} ms, p99 {percentile(everything, 0.99):.0f} ms",
        "p99 100 ms",
        f"slowest {' '.join(slowest)} with {took[slowest]:.0f} ms",
    )


def _milliseconds(client: httpx.Client, tile: str, span: Range, compare: Compare) -> float:
    asked = {"shop": SHOP, "range": span.value, "compare": compare.value}
    path = f"/api/v1/tiles/{tile}"
    (took,) = milliseconds_of(lambda: client.get(path, params=asked).raise_for_status(), 1)
    return took


def _warm(house: ServedHouse, cookie: str, what: str) -> Iterator[Figure]:
    path = f"/api/v1/tiles/sales-pulse?shop={SHOP}"
    one = asked_again(house.port, path, cookie, connections=1, times=REQUESTS // 2)
    many = asked_again(house.port, path, cookie, connections=CONNECTIONS, times=REQUESTS)
    health = asked_again(house.port, "/healthz", cookie, connections=CONNECTIONS, times=REQUESTS)
    yield Figure(
        *("tile API, warm", f"{what}; {len(one.milliseconds):,} requests, one client"),
        f"p50 {percentile(one.milliseconds, 0.5):.1f} ms, p99 {percentile(one.milliseconds, 0.99):.1f} ms",
        "p99 20 ms",
        "the session and the right to the shop are asked of the database for every answer",
    )
    yield Figure(
        *("tile API, requests", f"{what}; {CONNECTIONS} clients"),
        f"{many.per_second:,.0f} a second",
        "over 2,000 a second",
        f"p99 {percentile(many.milliseconds, 0.99):.1f} ms; /healthz in the same run "
        f"{health.per_second:,.0f} a second; clients and database on the same two cores",
    )


def _today(house: ServedHouse, cookie: str, what: str) -> Figure:
    took = asked_again(house.port, f"/today?shop={SHOP}", cookie, connections=1, times=TODAYS)
    return Figure(
        *("Today, rendered and answered", f"{what}; {TODAYS} times"),
        f"p50 {percentile(took.milliseconds, 0.5):.0f} ms, p99 {percentile(took.milliseconds, 0.99):.0f} ms",
        "under 50 ms",
    )


def _in_a_browser(house: ServedHouse, cookie: str, what: str) -> Iterator[Figure]:
    name, _, value = cookie.partition("=")
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        return
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=path, args=FLAGS)
        context = browser.new_context(viewport={"width": 1440, "height": 900})
        address = f"http://127.0.0.1:{house.port}"
        context.add_cookies([{"name": name, "value": value, "url": address}])
        looks = [_look(context, f"{address}/today?shop={SHOP}") for _ in range(5)]
        browser.close()
    paints, carried = [paint for paint, _ in looks], [size / 1024 for _, size in looks]
    yield Figure(
        *("Today, largest paint", f"{what}; 5 visits"),
        f"first {paints[0]:.0f} ms, then {max(paints[1:]):.0f} ms at most",
        "under 1 s",
    )
    yield Figure(
        *("Today, transferred", what),
        f"first {carried[0]:.0f} KB, then {max(carried[1:]):.0f} KB",
        "350 KB, then 20 KB",
    )


def _look(context: BrowserContext, address: str) -> tuple[float, float]:
    page = context.new_page()
    page.goto(address, wait_until="networkidle")
    paint, carried = page.evaluate(_PAINTED), page.evaluate(_CARRIED)
    page.close()
    return paint, carried


def _in_a_process(what: str, folder: Path, size: Size, url: str) -> subprocess.Popen[bytes]:
    """As it is in truth: the worker is another process than the web."""
    module = "benchmarks.control_center"
    told = [what, str(folder), str(size.orders), url]
    return subprocess.Popen([sys.executable, "-m", module, *told])


def _run(what: str, folder: Path, orders: int, url: str) -> None:
    give_way()
    database = Database(url)
    warehouse = open_warehouse("duckdb", home=folder, memory_mb=MEMORY_MB, url=None)
    is_whole, progress = what == "whole", SilentProgress()
    as_of = FIRST_LOAD if is_whole else FIRST_LOAD + timedelta(hours=1)
    if not is_whole:
        tell_an_hour(warehouse, Size(orders, 2, half_lines=True), turn=0)
    mode, build_id = BuildMode.FULL if is_whole else None, UUID(int=1) if is_whole else new_id()
    asked = BuildRequest(str(build_id), as_of, mode)
    transform(warehouse, asked, folder / "dbt", progress, train=train_weights)
    report = ask(warehouse, CheckRequest(str(build_id), as_of), folder / "dbt", progress)
    blocking = [each for each in report.findings if each.severity.value == "blocking"]
    assert not blocking, blocking
    read: dict[str, dict[str, datetime]] = {SHOP: dict.fromkeys(SOURCES, as_of)}
    publish(database, warehouse, build_id, [SHOP], {}, read, FixedClock(as_of))
    precompute_tiles(database, [SHOP], FixedClock(NOW))
    warehouse.close()
    database.dispose()


def main(told: Sequence[str]) -> None:
    began = time.monotonic()
    _run(told[0], Path(told[1]), int(told[2]), told[3])
    print(f"{told[0]}: {time.monotonic() - began:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1:])
