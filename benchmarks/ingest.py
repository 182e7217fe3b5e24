"""A shop's first load from bulk files: how fast what Shopify has written comes into raw, and in how much memory."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import orjson

from benchmarks.figures import Figure
from benchmarks.large_shop import simulator

_RATE_GOAL = "over 50,000 rows/s"


def measure(folder: Path, orders: int) -> Iterator[Figure]:
    """In a process of its own, so that its memory is nothing else's."""
    with simulator(int(orders / 0.6)) as shop:
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.ingest", json.dumps(shop), str(folder)],
            capture_output=True,
            check=True,
        )
    told = orjson.loads(done.stdout.splitlines()[-1])
    size = f"{told['orders']:,} orders, {told['rows']:,} rows"
    for name in ("bulk", "by_id"):
        part = told[name]
        if part["rows"]:
            rate = part["rows"] / part["seconds"]
            yield Figure(
                f"ingest, {part['what']}",
                f"{part['rows']:,} rows",
                f"{rate:,.0f} rows/s in {part['seconds']:.1f} s",
                _RATE_GOAL if name == "bulk" else "–",
                part["remark"],
            )
    yield Figure(
        *(
            "ingest, whole first load",
            size,
            f"{told['seconds']:.1f} s, of which {told['waited']:.1f} s",
        ),
        "–",
        "waiting until the simulator has written its files, which takes the second core",
    )
    yield Figure("memory of the ingest", size, f"{told['peak_mb']:,.0f} MB", "2 GB at 1 M orders")


def main() -> None:
    raise SystemExit("written when the connector stands")


if __name__ == "__main__":
    main()
