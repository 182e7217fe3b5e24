"""GraphQL drifts by field of a type: the named field answers garbage for every n-th object."""

from typing import Any

from hotdash.simulators.faults import Fault, Faults
from hotdash.simulators.shopify.values import Amount, Resolver

VENDOR = "shopify"
GRAPHQL = "graphql"


def drifts(faults: Faults, shop_id: str) -> bool:
    return bool(faults.drifts(VENDOR, GRAPHQL, shop_id))


def drifted(
    faults: Faults, shop_id: str, type_name: str, field_name: str, read: Resolver
) -> Resolver:
    """The reader of a field, garbled where it drifts."""
    for fault in faults.drifts(VENDOR, GRAPHQL, shop_id):
        if fault.field == f"{type_name}.{field_name}":
            return _garbled(read, fault)
    return read


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
