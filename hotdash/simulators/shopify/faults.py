"""Faults that are switched on per route and shop, for a number of calls or a share of them."""

from dataclasses import dataclass
from enum import StrEnum
from random import Random
from typing import Any

from hotdash.simulators.shopify.fields import Amount, Resolver


class Route(StrEnum):
    GRAPHQL = "graphql"
    BULK_FILE = "bulk_file"


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
    """`times` calls are hit, or without it a `share` of all; `field` and `value` are drift's."""

    kind: FaultKind
    route: Route = Route.GRAPHQL
    shop: str | None = None
    times: int | None = None
    share: float = 1.0
    seconds: float = 0.0
    status: int = 503
    field: str = ""
    value: Any = None
    every: int = 1

    def concerns(self, route: Route, shop_id: str) -> bool:
        return self.route is route and self.shop in (None, shop_id) and self.times != 0


class Faults:
    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        self._active: list[Fault] = []
        self._chance = Random(1)

    def add(self, fault: Fault) -> None:
        self._active.append(fault)

    def strike(self, route: Route, shop_id: str) -> Fault | None:
        """The fault that hits this call, if one does."""
        for fault in self._active:
            if fault.kind is FaultKind.DRIFT or not fault.concerns(route, shop_id):
                continue
            if self._chance.random() < fault.share:
                if fault.times is not None:
                    fault.times -= 1
                return fault
        return None

    def drifted(self, shop_id: str, type_name: str, field_name: str, read: Resolver) -> Resolver:
        """The reader of a field, answering garbage for every n-th object where it drifts."""
        for fault in self._active:
            drifts = fault.kind is FaultKind.DRIFT and fault.field == f"{type_name}.{field_name}"
            if drifts and fault.concerns(Route.GRAPHQL, shop_id):
                return _garbled(read, fault)
        return read

    def drifts(self, shop_id: str) -> bool:
        return any(
            fault.kind is FaultKind.DRIFT and fault.concerns(Route.GRAPHQL, shop_id)
            for fault in self._active
        )


def _garbled(read: Resolver, fault: Fault) -> Resolver:
    def garbled(thing: Any) -> Any:
        value = read(thing)
        if _number_of(thing) % fault.every:
            return value
        if isinstance(value, Amount):
            return Amount(fault.value, value.currency)
        return fault.value

    return garbled


def _number_of(thing: Any) -> int:
    """Counts orders, so that the same orders drift however often they are read."""
    order = getattr(thing, "order", thing)
    return getattr(order, "order_id", 0) // 1000
