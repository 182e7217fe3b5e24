"""Faults that are switched on per vendor, route and shop, for a number of calls or a share of them."""

from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Any


class FaultKind(StrEnum):
    LATENCY = "latency"
    THROTTLED = "throttled"
    TOO_MANY_REQUESTS = "too_many_requests"
    SERVER_ERROR = "server_error"
    INTERNAL_ERROR = "internal_error"
    RESET = "reset"
    ACCESS_DENIED = "access_denied"
    TRUNCATED = "truncated"
    EXPIRED_URL = "expired_url"
    DRIFT = "drift"


@dataclass
class Fault:
    """`times` calls are hit, or without it a `share` of all. No vendor, route or shop means each.

    `field`, `change` and `value` are drift's: which key is added, dropped, renamed or garbled,
    in every n-th object that has it.
    """

    kind: FaultKind
    vendor: str | None = None
    route: str | None = None
    shop: str | None = None
    times: int | None = None
    share: float = 1.0
    seconds: float = 0.0
    status: int = 503
    field: str = ""
    change: str = "retype"
    value: Any = None
    every: int = 1

    def concerns(self, vendor: str, route: str, shop_id: str | None) -> bool:
        meant = (self.vendor, vendor), (self.route, route), (self.shop, shop_id)
        return self.times != 0 and all(named in (None, asked) for named, asked in meant)


class Faults:
    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        self._active: list[Fault] = []
        self._chance = Random(1)

    def add(self, fault: Fault) -> None:
        self._active.append(fault)

    def strike(self, vendor: str, route: str, shop_id: str | None) -> Fault | None:
        """The fault that hits this call, if one does."""
        for fault in self._active:
            if fault.kind is FaultKind.DRIFT or not fault.concerns(vendor, route, shop_id):
                continue
            if self._chance.random() < fault.share:
                if fault.times is not None:
                    fault.times -= 1
                return fault
        return None

    def drifts(self, vendor: str, route: str, shop_id: str | None) -> list[Fault]:
        return [
            fault
            for fault in self._active
            if fault.kind is FaultKind.DRIFT and fault.concerns(vendor, route, shop_id)
        ]
