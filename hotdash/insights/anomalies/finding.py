"""One anomaly with its context, as it is kept, shown and sent: plain data, exact decimals."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from hotdash.insights.anomalies.before import Event, as_json
from hotdash.insights.anomalies.driving import Driven
from hotdash.insights.anomalies.judge import Level, Method
from hotdash.insights.contributions import Driver
from hotdash.storage.appdb.repositories.anomalies import Place

UP, DOWN = "up", "down"
_DIMENSIONS = {"channel_group": "channel"}


@dataclass(frozen=True, slots=True)
class Beside:
    """Another metric on the same day: whether it moved too says where to look."""

    metric: str
    title: str
    unit: str
    value: Decimal
    expected: Decimal
    z: Decimal

    def as_json(self) -> dict[str, Any]:
        return {
            "metric": self.metric,
            "title": self.title,
            "unit": self.unit,
            "value": f"{self.value:f}",
            "expected": f"{self.expected:f}",
            "z": f"{self.z:f}",
        }


@dataclass(frozen=True, slots=True)
class Context:
    driven: Driven | None = None
    split: tuple[Driver, ...] = ()
    """By how many there were and what each was worth, where that is a question."""
    moved: Sequence[Beside] = ()
    steady: Sequence[Beside] = ()
    before: Sequence[Event] = ()
    tuned: str | None = None
    driven_in: str | None = None
    """The unit of the driver's parts, where it is another than the anomaly's."""

    def as_json(self) -> dict[str, Any]:
        return {
            "driver": None if self.driven is None else _driven(self.driven, self.driven_in),
            "split": [_driver(each) for each in self.split],
            "moved": [each.as_json() for each in self.moved],
            "steady": [each.as_json() for each in self.steady],
            "before": as_json(self.before),
            "tuned": self.tuned,
        }


@dataclass(frozen=True, slots=True)
class Finding:
    """key names the series; unit is a currency for money. money is what the difference is worth."""

    shop_id: str
    key: str
    metric: str
    title: str
    dimension: str | None
    part: str | None
    grain: str
    day: date
    hour: int | None
    level: Level
    is_new: bool
    is_better: bool
    value: Decimal
    expected: Decimal
    low: Decimal
    high: Decimal
    unit: str
    z: Decimal
    method: Method
    judged_by: int
    money: Decimal | None
    currency: str
    context: Context = Context()

    @property
    def direction(self) -> str:
        return UP if self.z > 0 else DOWN


@dataclass(frozen=True, slots=True)
class LookedAt:
    """What was found, and every place that was judged for it: one that was not is not ordinary."""

    found: tuple[Finding, ...] = ()
    judged: frozenset[Place] = frozenset()


def fine(number: float, digits: int = 4) -> Decimal:
    return Decimal(repr(number)).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)


def _driven(driven: Driven, unit: str | None) -> dict[str, Any]:
    return {
        "unit": unit,
        "dimension": _DIMENSIONS.get(driven.dimension, driven.dimension),
        "named": driven.named,
        "parts": [_driver(each) for each in driven.drivers],
    }


def _driver(each: Driver) -> dict[str, Any]:
    return {
        "name": each.name,
        "now": None if each.now is None else f"{each.now:f}",
        "usual": None if each.before is None else f"{_short(each.before):f}",
        "change": f"{each.change:f}",
        "mix": None if each.mix is None else f"{each.mix:f}",
        "rate": None if each.rate is None else f"{each.rate:f}",
        "is_rest": each.is_rest,
    }


def _short(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.0001"), rounding=ROUND_HALF_UP)
