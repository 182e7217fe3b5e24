"""Every mart and every check of a large shop, whole and after one more hour, without ingest around it."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import astuple
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson

from benchmarks.figures import Figure
from benchmarks.raw_shop import Size, write_shop
from benchmarks.reference import reference_cpu_seconds
from benchmarks.whole_build import MEMORY_MB
from tests.fixtures.raw_world import FIRST_LOAD

HOURS = {
    "first hour": "one more hour of orders, the first time a version reads one",
    "hour": "one more hour of orders",
    "late hour": "an hour of orders told after its month was closed",
}


def measure(folder: Path, orders: int) -> Iterator[Figure]:
    """Ten lines per order."""
    yield from _figures(folder, Size(orders, 10), "under 25 CPU s at 100k orders, 1 M lines", "–")


def measure_millions(folder: Path, orders: int) -> Iterator[Figure]:
    """Ten times the orders, two and a half lines each."""
    size = Size(orders * 10, 2, half_lines=True)
    yield from _figures(folder, size, "under 120 s at 1 M orders", "60 s at 1 M orders")


def _figures(folder: Path, size: Size, transform_goal: str, checks_goal: str) -> Iterator[Figure]:
    write_shop(folder, size)
    file, never_built = folder / "warehouse.duckdb", folder / "never_built.duckdb"
    minimum = reference_cpu_seconds(file)
    shutil.copy(file, never_built)
    first = _in_a_process(folder, size, "whole")
    never_built.replace(file)
    whole = _in_a_process(folder, size, "whole")
    yield Figure(
        *("transform and all checks, whole", size.told),
        f"{whole['cpu']:.1f} CPU s, {first['cpu']:.1f} the first time a version does it",
        transform_goal,
        "both in a process of their own and on a shop never built, the first by dbt, the second by the "
        "statements dbt made; "
        f"{whole['cpu'] / minimum:.0f} × a hand-written minimum of {minimum:.2f} CPU s; transform "
        f"{whole['transform']:.1f} s ({first['transform']:.1f} s the first time), of it {_slowest(whole)}",
    )
    yield Figure(
        *("all checks", size.told, f"{whole['checks']:.1f} s", checks_goal),
        f"{first['checks']:.1f} s the first time",
    )
    peak_mb = max(first["peak_mb"], whole["peak_mb"])
    yield Figure(
        "memory", size.told, f"{peak_mb:,.0f} MB", "2 GB at 1 M orders", "the larger of both"
    )
    yield _last_click(folder, copies=max(1_000_000 // size.orders, 1))
    for what, named in HOURS.items():
        goal = "–" if what == "late hour" else "under 20 s"
        yield _hour(_in_a_process(folder, size, what), named, goal, whole)


def _hour(told: dict[str, Any], what: str, goal: str, whole: dict[str, Any]) -> Figure:
    return Figure(
        *(what, "12 orders", f"{told['transform'] + told['checks']:.1f} s"),
        goal,
        f"{told['rows']:,} rows of models by day written, of {whole['rows']:,}; "
        f"{told['beside telling']:.1f} CPU s, transform {told['transform']:.1f} s, "
        f"checks {told['checks']:.1f} s, of it {_slowest(told)}",
    )


def _last_click(folder: Path, copies: int) -> Figure:
    file = str(folder / "warehouse.duckdb")
    told = _told_by("benchmarks.last_click", file, str(MEMORY_MB), str(copies))
    return Figure(
        *("last click", f"{told['orders']:,} counted orders, {told['touches']:,} touches"),
        f"{told['last_click'] / told['sort']:.1f} × a plain sort of the touches",
        "3 × at 1 M orders, 5 M touches, under 2 GB",
        f"{told['last_click']:.2f} against {told['sort']:.2f} CPU s, {told['peak_mb']:,.0f} MB; "
        f"equal to what the mart of all models credits; the shop {copies} times over",
    )


def _slowest(told: dict[str, Any]) -> str:
    ordered = sorted(told["models"].items(), key=lambda each: -each[1])
    return ", ".join(f"{model} {seconds:.1f} s" for model, seconds in ordered[:6])


def _in_a_process(folder: Path, size: Size, what: str) -> dict[str, Any]:
    hour_of = [*HOURS].index(what) if what in HOURS else None
    as_of = FIRST_LOAD + (timedelta(days=10) if what == "late hour" else timedelta(hours=1))
    told = [what, as_of.isoformat(), hour_of, list(astuple(size))]
    return _told_by("benchmarks.whole_build", str(folder), json.dumps(told))


def _told_by(module: str, *arguments: str) -> dict[str, Any]:
    """Measured in a process of its own, whose memory is its own."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments], stdout=subprocess.PIPE, check=True
    )
    return orjson.loads(done.stdout)
