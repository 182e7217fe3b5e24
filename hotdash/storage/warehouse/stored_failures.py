"""Reads the failing rows that dbt tests leave behind, shop by shop."""

from dataclasses import dataclass
from typing import Any

from hotdash.storage.warehouse.contract import Warehouse

SAMPLE_ROWS = 5


@dataclass(frozen=True)
class ShopFailures:
    """Of no shop at all where the failing rows do not say whose they are."""

    shop_id: str | None
    rows: int
    sample: tuple[dict[str, Any], ...]


def failures_by_shop(warehouse: Warehouse, relation: str) -> list[ShopFailures]:
    """The relation is a name dbt quoted; every check's failing rows carry their shop_id."""
    counted = warehouse.query(
        f"select shop_id, count(*) as failing from {relation} group by shop_id order by shop_id"
    )
    return [
        ShopFailures(row["shop_id"], row["failing"], _sample(warehouse, relation, row["shop_id"]))
        for row in counted.to_pylist()
    ]


def _sample(warehouse: Warehouse, relation: str, shop_id: str | None) -> tuple[dict[str, Any], ...]:
    """In an order of their own, so that the same failing rows are told in the same words."""
    found = warehouse.query(
        f"select * from {relation} as hotdash_failing_row where shop_id = ? "
        f"order by cast(hotdash_failing_row as text) limit {SAMPLE_ROWS}",
        [shop_id],
    )
    return tuple(found.to_pylist())
