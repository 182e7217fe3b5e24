"""Between two phases of a build: closed months whose journeys changed are learned from anew."""

from collections import defaultdict
from datetime import datetime

from hotdash.base.ids import new_id
from hotdash.insights.attribution.markov import removal_weights
from hotdash.storage.warehouse.attribution_weights import (
    Weights,
    months_to_train,
    newest_weights,
    save_weights,
)
from hotdash.storage.warehouse.contract import Warehouse


def train_weights(warehouse: Warehouse, at: datetime) -> list[str]:
    """The loads that hold what is new; a month that teaches the same as before brings none."""
    learned: dict[str, dict[str, Weights]] = defaultdict(dict)
    for month in months_to_train(warehouse):
        learned[month.shop_id][month.month] = removal_weights(month.steps)
    loads: list[str] = []
    for shop_id, months in sorted(learned.items()):
        known = newest_weights(warehouse, shop_id)
        changed = {month: told for month, told in months.items() if known.get(month) != told}
        if changed:
            loads.append(str(new_id()))
            save_weights(warehouse, loads[-1], shop_id, changed, at)
    return loads
