"""How fulfilled orders travel: one or two parcels each, with a carrier that is late for some days."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from random import Random

from hotdash.base.clock import local_day
from hotdash.simulators.orders import Incident, Line, Order, Shop, instant
from hotdash.simulators.shop_profiles import LATE_CARRIER

_HOUR = 3600
_DAY = 24 * _HOUR
_MOST_PARCELS = 4
_MOST_STEPS = 16
_SPLIT_FROM_LINES = 4
LATE_FOR_DAYS = 4
# By the name of the shipping method: who carries it, in how many days it is promised.
_CARRIERS = {
    "UPS Ground": ("UPS", 4),
    "UPS 2nd Day Air": ("UPS", 2),
    "ヤマト運輸": ("ヤマト運輸", 2),
    "佐川急便": ("佐川急便", 2),
    "DHL Paket": ("DHL", 2),
    "DPD Express": ("DPD", 1),
}


@dataclass(frozen=True, slots=True)
class Step:
    step_id: int
    status: str
    at: int
    estimated_at: int


@dataclass(frozen=True, slots=True)
class Parcel:
    """One parcel as it stands at an instant: of its steps those that were made."""

    order: Order
    parcel_id: int
    name: str
    lines: tuple[Line, ...]
    carrier: str
    number: str
    location_id: int
    created_at: int
    promised_at: int
    steps: tuple[Step, ...]

    @property
    def updated_at(self) -> int:
        return self.steps[-1].at if self.steps else self.created_at

    @property
    def display_status(self) -> str:
        return self.steps[-1].status if self.steps else "FULFILLED"

    @property
    def quantity(self) -> int:
        return sum(line.quantity for line in self.lines)

    def at_of(self, status: str) -> int | None:
        return next((step.at for step in self.steps if step.status == status), None)


def location_ids(shop: Shop) -> tuple[int, int]:
    """The warehouse that sends most parcels, and the store."""
    return shop.vendor_id * 10 + 1, shop.vendor_id * 10 + 2


def order_of_parcel(parcel_id: int) -> int:
    return parcel_id // _MOST_PARCELS


def parcels_of(order: Order, now: int, incidents: Iterable[Incident]) -> list[Parcel]:
    if order.fulfilled_at is None or order.fulfilled_at > now:
        return []
    late_from = _late_from(order.shop.shop_id, tuple(incidents))
    parts = _parts(tuple(line for line in order.lines if not line.is_gift_card))
    return [
        _parcel(order, place, lines, now, late_from) for place, lines in enumerate(parts) if lines
    ]


def _parts(lines: tuple[Line, ...]) -> list[tuple[Line, ...]]:
    if len(lines) < _SPLIT_FROM_LINES:
        return [lines]
    return [lines[: len(lines) // 2], lines[len(lines) // 2 :]]


def _parcel(
    order: Order, place: int, lines: tuple[Line, ...], now: int, late_from: date | None
) -> Parcel:
    parcel_id = order.order_id * _MOST_PARCELS + place
    chance = Random(parcel_id)
    created = order.fulfilled_at or 0
    carrier, days = _carrier(order)
    promised = created + days * _DAY
    warehouse, store = location_ids(order.shop)
    is_late = carrier == "UPS" and _is_late(order.shop, created, late_from)
    steps = _steps(parcel_id, created, promised, chance, late_days=5 if is_late else 0)
    return Parcel(
        order=order,
        parcel_id=parcel_id,
        name=f"{order.name}-F{place + 1}",
        lines=lines,
        carrier=carrier,
        number=f"{'1Z' if carrier == 'UPS' else 'JD'}{chance.randrange(10**11, 10**12)}",
        location_id=store if order.order_id // 1000 % 10 == 0 else warehouse,
        created_at=created,
        promised_at=promised,
        steps=tuple(step for step in steps if step.at <= now),
    )


def _steps(
    parcel_id: int, created: int, promised: int, chance: Random, *, late_days: int
) -> list[Step]:
    picked_up = created + int((2 + 8 * chance.random()) * _HOUR)
    arrives = promised + int((chance.random() * 1.2 - 0.9) * _DAY) + late_days * _DAY
    told = [
        ("LABEL_PRINTED", created + 300),
        ("CARRIER_PICKED_UP", picked_up),
        ("IN_TRANSIT", picked_up + int((1 + 3 * chance.random()) * _HOUR)),
    ]
    if late_days:
        told.append(("DELAYED", max(promised, told[-1][1]) + _HOUR))
    out = max(arrives - int((2 + 5 * chance.random()) * _HOUR), told[-1][1] + _HOUR)
    told += [("OUT_FOR_DELIVERY", out), ("DELIVERED", max(arrives, out + _HOUR))]
    estimated = promised + late_days * _DAY
    return [
        Step(
            parcel_id * _MOST_STEPS + place,
            status,
            at,
            estimated if status in ("DELAYED", "OUT_FOR_DELIVERY", "DELIVERED") else promised,
        )
        for place, (status, at) in enumerate(told)
    ]


def _carrier(order: Order) -> tuple[str, int]:
    title = next((line.title for line in order.shipping_lines if not line.is_removed), "")
    return _CARRIERS.get(title, ("UPS", 4))


def _is_late(shop: Shop, created: int, late_from: date | None) -> bool:
    if late_from is None:
        return False
    day = local_day(instant(created), shop.timezone)
    return late_from <= day < late_from + timedelta(days=LATE_FOR_DAYS)


@lru_cache(maxsize=64)
def _late_from(shop_id: str, incidents: tuple[Incident, ...]) -> date | None:
    planted = (i for i in incidents if i.kind == LATE_CARRIER and i.shop_id == shop_id)
    return next((date.fromisoformat(incident.day) for incident in planted), None)
