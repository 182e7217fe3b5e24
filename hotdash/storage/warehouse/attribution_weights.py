"""What was learned about channels from closed months: read from journeys, kept append-only in raw."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from hotdash.storage.warehouse.contract import Warehouse, rows
from hotdash.storage.warehouse.load_ledger import Load, Reading, begin, commit
from hotdash.storage.warehouse.raw_tables import create_raw_table

SOURCE = "attribution"
_TABLE = "attribution_weights"
_COLUMNS = {
    "shop_id": "text",
    "load_id": "text",
    "fetched_at": "timestamptz",
    "month": "text",
    "channel": "text",
    "weight": "bigint",
}

_STEPS = """
    select shop_id, month, from_channel, to_channel, journeys
    from intermediate.int_markov_transitions
    order by shop_id, month
"""

_NEWEST = """
    select month, channel, weight from staging.stg_hotdash__attribution_weights where shop_id = ?
"""

_APPEND = """
    insert into raw.attribution_weights (shop_id, load_id, fetched_at, month, channel, weight)
    values (?, ?, ?, ?, ?, ?)
"""

Steps = Mapping[tuple[str | None, str | None], int]
Weights = Mapping[str, int]


@dataclass(frozen=True)
class MonthOfJourneys:
    """How often the journeys of a closed month stepped from one channel to the next."""

    shop_id: str
    month: str
    steps: Steps


def ensure_weights(warehouse: Warehouse) -> None:
    create_raw_table(warehouse, _TABLE, _COLUMNS)


def months_to_train(warehouse: Warehouse) -> list[MonthOfJourneys]:
    """A month whose journeys are gone has no steps."""
    found: dict[tuple[str, str], dict[tuple[str | None, str | None], int]] = {}
    for row in rows(warehouse.query(_STEPS)):
        steps = found.setdefault((row["shop_id"], row["month"]), {})
        if row["journeys"]:
            steps[row["from_channel"], row["to_channel"]] = row["journeys"]
    return [MonthOfJourneys(shop, month, steps) for (shop, month), steps in found.items()]


def newest_weights(warehouse: Warehouse, shop_id: str) -> dict[str, Weights]:
    """Per month already trained the weights of its channels."""
    found: dict[str, dict[str, int]] = {}
    for row in rows(warehouse.query(_NEWEST, [shop_id])):
        month = found.setdefault(row["month"], {})
        if row["channel"] is not None:
            month[row["channel"]] = row["weight"]
    return dict(found)


def save_weights(
    warehouse: Warehouse, load_id: str, shop_id: str, trained: Mapping[str, Weights], at: datetime
) -> None:
    """A load like any other, so that models see it when it is whole, and days follow from it."""
    load = Load(load_id, shop_id, SOURCE, None)
    told = [row for month, weights in sorted(trained.items()) for row in _told(month, weights)]
    with warehouse.transaction():
        begin(warehouse, load, at)
        for month, channel, weight in told:
            warehouse.execute(_APPEND, [shop_id, load_id, at, month, channel, weight])
        commit(warehouse, load, Reading({}, at), len(told), at)


def _told(month: str, weights: Weights) -> Sequence[tuple[str, str | None, int]]:
    known = [(month, channel, weight) for channel, weight in sorted(weights.items())]
    return known or [(month, None, 0)]
