"""From nothing to a full page, and again from what is there."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx

from benchmarks.figures import Figure, hotdash, step_seconds
from tests.fixtures.free_ports import free_port
from tests.fixtures.processes import RunningDemo, follow_link

DEMO_ORDERS = 20_000


def measure(folder: Path, orders: int) -> Iterator[Figure]:
    del orders
    size = f"3 shops, {DEMO_ORDERS:,} orders"
    first = RunningDemo(folder, free_port(), "--orders", str(DEMO_ORDERS))
    see_page(first)
    steps = step_seconds(folder, folder / ".hotdash" / "demo")
    told = ", ".join(f"{step} {seconds} s" for step, seconds in steps.items())
    yield Figure(
        "first start to a full page", size, f"{first.told['seconds']} s", "under 60 s", told
    )
    first.interrupt()
    again = RunningDemo(folder, free_port())
    see_page(again)
    yield Figure("start from what is there", size, f"{again.told['seconds']} s", "under 10 s")
    again.interrupt()
    subprocess.run(hotdash("demo", "--reset", "--no-start"), cwd=folder, check=True)


def see_page(demo: RunningDemo) -> None:
    with httpx.Client(base_url=demo.told["url"], follow_redirects=True) as client:
        page = follow_link(client, demo.told["link"])
        assert "Sales Pulse" in page.text, page.text
