"""One large shop: read, loaded, transformed, checked, published, and its tile under load."""

import json
import subprocess
import sys
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import orjson

from benchmarks.figures import (
    Figure,
    Timed,
    hotdash,
    milliseconds_of,
    percentile,
    step_seconds,
    timed,
)
from benchmarks.reference import reference_cpu_seconds
from tests.fixtures.free_ports import free_port
from tests.fixtures.processes import clean_environment, follow_link

SHOP = "hot-rod-an"
EMAIL = "bench@example.com"
_SHARE_OF_ALL_ORDERS = 0.6
_REQUESTS = 2_000


def measure(folder: Path, orders: int) -> Iterator[Figure]:
    with simulator(int(orders / _SHARE_OF_ALL_ORDERS)) as shop:
        connect(folder, shop)
        yield from first_run(folder)
        yield from second_run(folder)
        yield from full_rebuild(folder)
    yield from tile(folder)


@contextmanager
def simulator(orders: int) -> Generator[dict[str, Any]]:
    flags = ("--orders", str(orders), "--plan", "unlimited")
    process = subprocess.Popen(
        [sys.executable, "-m", "hotdash.simulators.server", *flags],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        shop = next(shop for shop in ready["shops"] if shop["shop_id"] == SHOP)
        yield shop["sources"]["shopify"]
    finally:
        process.terminate()
        process.wait(20)


def connect(folder: Path, shop: dict[str, Any]) -> None:
    flags = (
        "--email",
        EMAIL,
        "--shop",
        shop["domain"],
        "--address",
        shop["base_url"],
    )
    subprocess.run(
        hotdash("init", *flags, "--token-stdin", "--json"),
        cwd=folder,
        input=f"{shop['access_token']}\n".encode(),
        stdout=subprocess.DEVNULL,
        env=clean_environment(),
        check=True,
    )


def first_run(folder: Path) -> Iterator[Figure]:
    done = run(folder)
    steps = step_seconds(folder, folder / ".hotdash")
    rows = done.document["shops"][0]["sources"]["shopify"]["rows"]
    orders, total = rows["shopify_orders"], sum(rows.values())
    size = f"{orders:,} orders, {total:,} rows"
    loaded = steps[f"ingest {SHOP} shopify"]
    yield Figure(
        *("ingest, simulator included", size, f"{total / loaded:,.0f} rows/s in {loaded:.1f} s"),
        "over 50,000 rows/s",
        "refunded orders are fetched again whole, in batches within the cost budget",
    )
    yield Figure("transform, first", size, f"{steps['transform']:.1f} s", "–")
    yield Figure("all checks", size, f"{steps['check']:.1f} s", "60 s at 1 M orders")
    yield Figure("publish, everything new", size, f"{steps['publish']:.1f} s", "15 s at 1 M rows")
    yield Figure("memory of the whole run", size, f"{done.peak_mb:,.0f} MB", "2 GB")


def second_run(folder: Path) -> Iterator[Figure]:
    done = run(folder)
    steps = step_seconds(folder, folder / ".hotdash")
    rows = sum(done.document["shops"][0]["sources"]["shopify"]["rows"].values())
    size = f"{rows:,} new rows"
    yield Figure("incremental run", size, f"{done.seconds:.1f} s", "under 20 s", spelled(steps))
    yield Figure("publish, little changed", size, f"{steps['publish']:.2f} s", "under 1 s")


def full_rebuild(folder: Path) -> Iterator[Figure]:
    done = run(folder, "--full")
    steps = step_seconds(folder, folder / ".hotdash")
    reference = reference_cpu_seconds(folder / ".hotdash" / "warehouse.duckdb")
    ratio = f"{done.cpu_seconds / reference:.0f} × a hand-written minimum of {reference:.2f} CPU s"
    yield Figure(
        *("full rebuild with all checks", "same shop", f"{done.cpu_seconds:.1f} CPU s"),
        "under 25 CPU s at 100k orders",
        f"{ratio}; start of the process and an incremental read included; {spelled(steps)}",
    )


def run(folder: Path, *flags: str) -> Timed:
    return timed(hotdash("run", "--json", *flags), folder)


def spelled(steps: dict[str, float]) -> str:
    return ", ".join(f"{step} {seconds:.1f} s" for step, seconds in steps.items())


def tile(folder: Path) -> Iterator[Figure]:
    port = free_port()
    web = subprocess.Popen(
        hotdash("serve", "--port", str(port)), cwd=folder, stderr=subprocess.DEVNULL
    )
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{port}") as client:
            wait_until_ready(client)
            sign_in(folder, client, port)
            yield from tile_figures(client)
    finally:
        web.terminate()
        web.wait(20)


def tile_figures(client: httpx.Client) -> Iterator[Figure]:
    path = "/api/v1/tiles/sales-pulse"
    questions = [
        {"shop": SHOP, "range": length, "compare": compare}
        for length in ("7d", "30d", "90d", "12m")
        for compare in ("previous", "year", "none")
    ]
    cold = sorted(
        milliseconds_of(lambda asked=asked: ask(client, path, asked), 1)[0] for asked in questions
    )
    warm = milliseconds_of(lambda: ask(client, path, questions[1]), _REQUESTS)
    still = milliseconds_of(lambda: ask(client, "/healthz", {}), _REQUESTS)
    yield Figure("tile API, cold", "12 questions", f"slowest {cold[-1]:.0f} ms", "p99 100 ms")
    yield Figure(
        *("tile API, warm", f"{_REQUESTS:,} requests, one client"),
        f"p50 {percentile(warm, 0.5):.1f} ms, p99 {percentile(warm, 0.99):.1f} ms",
        "p99 20 ms",
        f"p50 of /healthz in the same run {percentile(still, 0.5):.1f} ms",
    )


def ask(client: httpx.Client, path: str, asked: dict[str, str]) -> None:
    client.get(path, params=asked).raise_for_status()


def wait_until_ready(client: httpx.Client) -> None:
    for _ in range(200):
        try:
            if client.get("/readyz").status_code == 200:
                return
        except httpx.TransportError:
            pass
        subprocess.run(["sleep", "0.1"], check=True)
    raise RuntimeError("the web server did not start")


def sign_in(folder: Path, client: httpx.Client, port: int) -> None:
    done = subprocess.run(
        hotdash("--set", f"port={port}", "sign-in", EMAIL, "--json"),
        cwd=folder,
        capture_output=True,
        check=True,
    )
    follow_link(client, orjson.loads(done.stdout)["link"])
