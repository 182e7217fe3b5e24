"""Series of others: a folder of CSV files in long format, `series,time,value,label` with a day per row."""

import csv
from collections import defaultdict
from datetime import date, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
COLUMNS = ("series", "time", "value")


def read_series(folder: Path) -> dict[str, Floats]:
    """By name, from the first to the last known day; what is missing between is NaN."""
    found: dict[str, dict[date, float]] = defaultdict(dict)
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            rows = csv.DictReader(file)
            if not set(COLUMNS) <= set(rows.fieldnames or ()):
                raise SystemExit(f"{path} needs the columns {', '.join(COLUMNS)}.")
            for row in rows:
                if row["value"]:
                    found[row["series"]][date.fromisoformat(row["time"][:10])] = float(row["value"])
    if not found:
        raise SystemExit(f"{folder} holds no CSV file with values.")
    return {name: _consecutive(days) for name, days in sorted(found.items())}


def _consecutive(days: dict[date, float]) -> Floats:
    first, last = min(days), max(days)
    count = (last - first).days + 1
    return np.array([days.get(first + timedelta(days=day), np.nan) for day in range(count)])
