"""The analyzer over logs of one and of five million lines: seconds, and whether memory grows with them."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson

from benchmarks.figures import Figure
from benchmarks.reference import cpu_seconds
from hotdash.decisions.analyzer.analyze import analyze
from hotdash.storage.attempts.store import open_attempts
from tests.fixtures.processes import own_peak_mb
from tests.fixtures.sync_log import RUN_WINDOWS, SHOP_WINDOWS, SyncLog

MILLION = 1_000_000
_GOAL_SECONDS, _GOAL_RATIO = 5.0, 1.5


def measure(folder: Path, _orders: int) -> Iterator[Figure]:
    _write(folder / "one.ndjson", MILLION)
    _write(folder / "five.ndjson", 5 * MILLION)
    one = _analysed(folder, "one.ndjson")
    yield Figure(
        "a sync log is analysed",
        f"{one['lines']:,} lines",
        f"{one['seconds']:.1f} s",
        f"under {_GOAL_SECONDS:.0f} s",
        f"{one['cpu_seconds']:.1f} CPU s; {one['windows']} windows; {one['mb']:.0f} MB of log",
    )
    five = _analysed(folder, "five.ndjson")
    yield Figure(
        "its peak memory beside that of a fifth of the log",
        f"{five['lines']:,} lines",
        f"{five['peak_mb'] / one['peak_mb']:.2f}",
        f"at most {_GOAL_RATIO}",
        f"{five['peak_mb']:.0f} MB beside {one['peak_mb']:.0f} MB; {five['seconds']:.1f} s",
    )


def _write(file: Path, lines: int) -> None:
    """Days with windows in them, one after the other, until there are as many lines as asked for."""
    written, seed = 0, 0
    with file.open("wb") as into:
        while written < lines:
            seed += 1
            log = SyncLog(seed, [*SHOP_WINDOWS, *RUN_WINDOWS], rows_per_call=4)
            for line in log.lines():
                line["at"] = f"2026-{1 + seed // 28:02d}-{1 + seed % 28:02d}{line['at'][10:]}"
                into.write(orjson.dumps(line, option=orjson.OPT_APPEND_NEWLINE))
                written += 1
                if written == lines:
                    return


def _analysed(folder: Path, name: str) -> dict[str, Any]:
    """In a process of its own, so that the peak is its peak."""
    command = [sys.executable, "-m", "benchmarks.analyzer", str(folder), name]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr.decode()[-2000:])
    return orjson.loads(done.stdout)


def _measured(folder: Path, name: str) -> dict[str, Any]:
    before, began = cpu_seconds(), time.monotonic()
    with open_attempts(folder / "analysis") as store:
        found = analyze(store, store.read_log([folder / name]), "sync")
    return {
        "seconds": time.monotonic() - began,
        "cpu_seconds": cpu_seconds() - before,
        "lines": found.lines,
        "windows": len(found.windows),
        "mb": (folder / name).stat().st_size / 1e6,
        "peak_mb": own_peak_mb(),
    }


if __name__ == "__main__":
    sys.stdout.buffer.write(orjson.dumps(_measured(Path(sys.argv[1]), sys.argv[2])))
