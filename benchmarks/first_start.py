"""From nothing to a full page, and again from what is there."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx

from benchmarks.figures import Figure, hotdash, step_seconds
from tests.fixtures.processes import RunningDemo, free_port

DEMO_ORDERS = 20_000


def measure(folder: Path, orders: int) -> Iterator[Figure]:
    del orders
    size = f"3 shops, {DEMO_ORDERS:,} orders"
    first = RunningDemo(folder, free_port(), "--orders", str(DEMO_ORDERS))
    httpx.get(first.told["link"], follow_redirects=True).raise_for_status()
    steps = step_seconds(folder, folder / ".hotdash" / "demo")
    told = ", ".join(f"{step} {seconds} s" for step, seconds in steps.items())
    yield Figure(
        "first start to a full page", size, f"{first.told['seconds']} s", "under 60 s", told
    )
    first.interrupt()
    again = RunningDemo(folder, free_port())
    httpx.get(again.told["link"], follow_redirects=True).raise_for_status()
    yield Figure("start from what is there", size, f"{again.told['seconds']} s", "under 10 s")
    again.interrupt()
    subprocess.run(hotdash("demo", "--reset", "--no-start"), cwd=folder, check=True)
