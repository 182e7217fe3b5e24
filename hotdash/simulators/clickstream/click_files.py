"""The clicks of a shop as files, one per month, the way other collectors export them."""

import csv
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

import pyarrow as pa
import pyarrow.parquet

from hotdash.simulators.clickstream.visits import Touch, touches
from hotdash.simulators.world import ShopWorld

COLUMNS = (
    *("event_id", "event_type", "occurred_at", "visitor_id", "session_id"),
    *("customer_id", "url", "referrer", "order_id"),
)
_arrow = cast(Any, pa)
_parquet = cast(Any, pyarrow.parquet)


def write_months(world: ShopWorld, first: int, last: int, folder: Path) -> list[Path]:
    """Robots are left out, as every collector does; doubled events are not."""
    folder.mkdir(parents=True, exist_ok=True)
    months: dict[str, list[Touch]] = {}
    for touch in touches(world, first, last):
        if not touch.is_robot and touch.at + touch.sent_late <= last:
            months.setdefault(f"{_at(touch):%Y-%m}", []).append(touch)
    return [
        write_csv(found, folder / f"clicks-{month}.csv") for month, found in sorted(months.items())
    ]


def write_csv(found: Iterable[Touch], path: Path, delimiter: str = ",") -> Path:
    unfinished = path.with_suffix(".writing")
    with unfinished.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerow(COLUMNS)
        writer.writerows(_row(touch) for touch in found)
    return unfinished.replace(path)


def write_parquet(found: Iterable[Touch], path: Path) -> Path:
    columns = list(zip(*(_row(touch) for touch in found), strict=True))
    data: dict[str, Sequence[Any]] = {
        name: [None if value == "" else value for value in column]
        for name, column in zip(COLUMNS, columns, strict=True)
    }
    _parquet.write_table(_arrow.table(data), path)
    return path


def _row(touch: Touch) -> tuple[str, ...]:
    return (
        *(touch.event_id, touch.event_type, f"{_at(touch):%Y-%m-%dT%H:%M:%SZ}"),
        *(touch.visitor, touch.session, str(touch.customer_id or ""), touch.url),
        *(touch.referrer or "", str(touch.order_id or "")),
    )


def _at(touch: Touch) -> datetime:
    return datetime.fromtimestamp(touch.at, UTC)
