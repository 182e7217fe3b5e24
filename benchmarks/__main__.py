"""Measure and write the sections of RESULTS.md: `python -m benchmarks [--orders N] [--only NAME ...]`."""

import argparse
import platform
import re
import subprocess
import tempfile
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path

from benchmarks import (
    analyzer,
    anomalies,
    backfill,
    control_center,
    data_quality,
    first_start,
    forecasts,
    ingest,
    knowledge,
    large_shop,
    links,
    poison,
    publish,
    recommender,
    recovery,
    transform,
    webhooks,
)
from benchmarks.figures import Figure

RESULTS = Path(__file__).parent / "RESULTS.md"
HEAD = """# Figures

Measured by `make bench`; each section says when, where and with how many orders. Seconds are that
machine's; ratios compare within one run.

"""
MEASURES: dict[str, Callable[[Path, int], Iterable[Figure]]] = {
    "first_start": first_start.measure,
    "large_shop": large_shop.measure,
    "transform": transform.measure,
    "transform_millions": transform.measure_millions,
    "backfill": backfill.measure,
    "ingest": ingest.measure,
    "webhooks": webhooks.measure,
    "poison": poison.measure,
    "publish": publish.measure,
    "recovery": recovery.measure,
    "control_center": control_center.measure,
    "data_quality": data_quality.measure,
    "analyzer": analyzer.measure,
    "anomalies": anomalies.measure,
    "forecasts": forecasts.measure,
    "links": links.measure,
    "recommender": recommender.measure,
    "knowledge": knowledge.measure,
}


def machine() -> str:
    cores = subprocess.run(["nproc"], capture_output=True, text=True, check=False).stdout.strip()
    return f"{cores or '?'} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}"


def section(name: str, figures: list[Figure], orders: int) -> str:
    rows = [f"| {f.what} | {f.size} | {f.seen} | {f.goal} | {f.remark} |" for f in figures]
    return "\n".join(
        [
            f"## {name}",
            f"{datetime.now(UTC):%Y-%m-%d}, {machine()}; `--orders {orders}`.",
            "",
            "| what | size | seen | goal | remark |",
            "|---|---|---|---|---|",
            *rows,
            "",
        ]
    )


def with_section(text: str, name: str, new: str) -> str:
    """The page with this section in place of its older one; the others stay as they were measured."""
    parts = re.split(r"^(?=## )", text, flags=re.MULTILINE)
    head, sections = parts[0], {part.split()[1]: part for part in parts[1:]}
    sections[name] = new
    kept = [sections[known] for known in MEASURES if known in sections]
    return head + "\n".join(part.rstrip("\n") + "\n" for part in kept)


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("--orders", type=int, default=100_000, help="orders of the large shop")
    parser.add_argument("--only", nargs="*", choices=sorted(MEASURES), default=list(MEASURES))
    asked = parser.parse_args()
    for name in asked.only:
        figures: list[Figure] = []
        with tempfile.TemporaryDirectory(prefix="hotdash-bench-") as folder:
            for figure in MEASURES[name](Path(folder), asked.orders):
                print(
                    f"{figure.what} ({figure.size}): {figure.seen}; goal {figure.goal}", flush=True
                )
                figures.append(figure)
        written = RESULTS.read_text() if RESULTS.exists() else HEAD
        RESULTS.write_text(with_section(written, name, section(name, figures, asked.orders)))


if __name__ == "__main__":
    main()
