"""Measure and write RESULTS.md: `python -m benchmarks [--orders N] [--only NAME ...]`."""

import argparse
import platform
import subprocess
import tempfile
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import first_start, large_shop, poison
from benchmarks.figures import Figure

RESULTS = Path(__file__).parent / "RESULTS.md"
MEASURES: dict[str, Callable[[Path, int], Iterable[Figure]]] = {
    "first_start": first_start.measure,
    "large_shop": large_shop.measure,
    "poison": poison.measure,
}


def machine() -> str:
    cores = subprocess.run(["nproc"], capture_output=True, text=True, check=False).stdout.strip()
    return f"{cores or '?'} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"


def page(figures: list[Figure], orders: int) -> str:
    rows = [f"| {f.what} | {f.size} | {f.seen} | {f.goal} | {f.remark} |" for f in figures]
    return "\n".join(
        [
            "# Figures",
            "",
            f"Measured by `make bench` on {datetime.now(UTC):%Y-%m-%d} with {machine()}; "
            f"the large shop has {orders:,} orders. Seconds are this machine's; "
            "ratios compare within one run.",
            "",
            "| what | size | seen | goal | remark |",
            "|---|---|---|---|---|",
            *rows,
            "",
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--orders", type=int, default=100_000, help="orders of the large shop")
    parser.add_argument("--only", nargs="*", choices=sorted(MEASURES), default=sorted(MEASURES))
    asked = parser.parse_args()
    figures: list[Figure] = []
    for name in asked.only:
        with tempfile.TemporaryDirectory(prefix="hotdash-bench-") as folder:
            for figure in MEASURES[name](Path(folder), asked.orders):
                print(
                    f"{figure.what} ({figure.size}): {figure.seen}; goal {figure.goal}", flush=True
                )
                figures.append(figure)
    text = page(figures, asked.orders)
    if set(asked.only) == set(MEASURES):
        RESULTS.write_text(text)
    else:
        print(text)


if __name__ == "__main__":
    main()
