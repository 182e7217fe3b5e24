"""What forecasts, anomalies and studies found, as whoever recommends reads it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

LIKELY_FROM = Decimal("0.5")
"""From here on it is likelier than not that an item runs out before a refill."""
_COUNTED = frozenset({"orders", "units", "count"})


@dataclass(frozen=True, slots=True)
class Foretold:
    """Of an item whose range comes from its own past: when it runs out, how likely, and what to order."""

    daily: Decimal
    out_on: date | None
    out_earliest: date | None
    out_latest: date | None
    run_out: Decimal
    run_out_noticed: Decimal
    expected_short: Decimal
    expected_loss: Decimal | None
    planned_quantity: int
    order_cost: Decimal | None
    is_asked: bool

    @classmethod
    def taken_from(cls, row: dict[str, Any]) -> "Foretold | None":
        """Its columns are taken out of the row; None where the item has no such plan."""
        told = {name: row.pop(name) for name in cls.__slots__}
        return None if told["run_out"] is None else cls(**told)


@dataclass(frozen=True, slots=True)
class IdleStock:
    """What nobody buys, and what is more than sells within the days that are thought enough; at its cost.

    Unpriced are those whose cost nobody has told: no value holds anything of them.
    """

    as_of_day: date
    dead: int
    dead_value: Decimal
    dead_unpriced: int
    slow: int
    slow_value: Decimal
    slow_unpriced: int

    @property
    def value(self) -> Decimal:
        return self.dead_value + self.slow_value


@dataclass(frozen=True, slots=True)
class AnomalySignal:
    """An alert that rings: for the worse, of the last week, and not gone; state is what was said of it last."""

    anomaly_id: UUID
    key: str
    metric: str
    title: str
    dimension: str | None
    part_name: str | None
    grain: str
    day: date
    hour: int
    value: Decimal
    expected: Decimal
    unit: str
    z: Decimal
    money: Decimal | None
    context: Mapping[str, Any]
    found_at: datetime
    state: str

    @property
    def is_hardly_any_usual(self) -> bool:
        """Less than one of what is counted: a multiple of it says nothing."""
        return self.unit in _COUNTED and self.expected < 1

    @property
    def driver(self) -> tuple[str, str] | None:
        """The dimension and the part that stands out in it."""
        told: Mapping[str, Any] | None = self.context.get("driver")
        if told is None or told["named"] is None:
            return None
        return str(told["dimension"]), str(told["named"])

    @property
    def moved(self) -> Sequence[str]:
        """Which other figures moved with it."""
        return [str(each["metric"]) for each in self.context.get("moved") or ()]


@dataclass(frozen=True, slots=True)
class LinkSignal:
    """Two figures that were found to move together, the leader so many days before."""

    study: str
    leader: str
    leader_title: str
    follower_title: str
    days: int
