"""One measured figure beside its goal, and how a timed command is run."""

import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson


@dataclass(frozen=True)
class Figure:
    what: str
    size: str
    seen: str
    goal: str
    remark: str = ""


@dataclass(frozen=True)
class Timed:
    document: dict[str, Any]
    seconds: float
    cpu_seconds: float
    peak_mb: float


def hotdash(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "hotdash", *arguments]


def timed(command: Sequence[str], folder: Path) -> Timed:
    """Wall and CPU seconds of one command that answers in JSON, its children included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    done = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    seconds = time.monotonic() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if not done.stdout:
        raise RuntimeError(done.stderr.decode()[-2000:])
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Timed(orjson.loads(done.stdout), seconds, cpu, after.ru_maxrss / 1024)


def step_seconds(folder: Path, home: Path) -> dict[str, float]:
    """What each step of the last run took, as the installation itself recorded it."""
    done = subprocess.run(
        hotdash("--home", str(home), "status", "--json"),
        cwd=folder,
        capture_output=True,
        check=True,
    )
    steps = orjson.loads(done.stdout)["last_run"]["steps"]
    return {step["step"]: step["seconds"] for step in steps if step["step"] != "request"}


def percentile(sorted_values: Sequence[float], share: float) -> float:
    return sorted_values[min(int(len(sorted_values) * share), len(sorted_values) - 1)]


def milliseconds_of(ask: Callable[[], object], times: int) -> list[float]:
    found: list[float] = []
    for _ in range(times):
        began = time.perf_counter()
        ask()
        found.append((time.perf_counter() - began) * 1000)
    return sorted(found)
