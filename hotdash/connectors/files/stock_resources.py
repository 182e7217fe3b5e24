"""Parcels and stock as rows of their raw tables."""

from typing import Any

from hotdash.connectors.arrow import (
    columns_of,
    compute,
    looked_up,
    only,
    repeated,
    sums,
    whole,
)
from hotdash.connectors.files.building import Columns, Parts, joined, pair, placed, renamed
from hotdash.connectors.files.parts import ROOT
from hotdash.connectors.records import INSTANT, TEXT, WHOLE

QUANTITIES = (
    *("on_hand", "committed", "incoming", "reserved", "damaged", "safety_stock"),
    "quality_control",
)


def fulfillments(parts: Parts) -> Columns:
    data = parts["fulfillments"]
    ids = data.column("id")
    names = "order_id name status display_status location_id created_at updated_at"
    return renamed(data, names) | {
        "fulfillment_id": ids,
        "carrier": compute.coalesce(whole(data.column("carrier")), _first_carrier(parts, ids)),
        "tracking_numbers": _numbers(parts, ids),
        "quantity": compute.coalesce(whole(data.column("quantity")), _quantity(parts, ids)),
        "in_transit_at": _first_step(parts, ids, "IN_TRANSIT"),
        "delivered_at": _first_step(parts, ids, "DELIVERED"),
    }


def fulfillment_lines(parts: Parts) -> Columns:
    """A loader that does not keep the id of such a line keeps one row per line of the order."""
    data = parts["fulfillment_lines"]
    line_id = whole(data.column("line_id"))
    return renamed(data, "line_id quantity") | {
        "fulfillment_id": data.column(ROOT),
        "fulfillment_line_id": compute.coalesce(whole(data.column("own_id")), line_id),
    }


def fulfillment_events(parts: Parts) -> Columns:
    data = parts["fulfillment_events"]
    return renamed(data, "status happened_at created_at estimated_delivery_at") | {
        "fulfillment_id": data.column(ROOT),
        "event_id": data.column("id"),
    }


def locations(parts: Parts) -> Columns:
    data = parts["locations"]
    return renamed(data, "name country region created_at updated_at") | {
        "location_id": data.column("id"),
        "is_active": data.column("active"),
    }


def inventory_items(parts: Parts) -> Columns:
    data = parts["inventory_items"]
    return renamed(data, "sku requires_shipping cost_currency created_at updated_at") | {
        "inventory_item_id": data.column("id"),
        "is_tracked": data.column("tracked"),
        "unit_cost": data.column("cost"),
        "origin_country": data.column("country"),
    }


def inventory_levels(parts: Parts) -> Columns:
    """What is available stands on the level too, for loaders that keep nothing else."""
    data, told = parts["levels"], parts.get("quantities")
    keys = pair(data.column("inventory_item_id"), data.column("level_id"))
    available = whole(data.column("available"))
    columns = renamed(data, "location_id created_at updated_at") | {
        "inventory_item_id": data.column(ROOT)
    }
    if told is None:
        return columns | {"available": available}
    known = pair(told.column("inventory_item_id"), told.column("level_id"))

    def quantity(name: str) -> Any:
        is_it = compute.equal(told.column("name"), name)
        found = looked_up(
            keys, compute.filter(known, whole(is_it)), only(told, is_it).column("quantity")
        )
        return compute.if_else(compute.is_valid(keys), found, None)

    columns |= {name: quantity(name) for name in QUANTITIES}
    return columns | {"available": compute.coalesce(quantity("available"), available)}


def _numbers(parts: Parts, ids: Any) -> Any:
    if (listed := parts.get("tracking_numbers")) is not None:
        filled = only(listed, compute.is_valid(listed.column("number")))
        return joined(ids, filled, ROOT, "number")
    return joined(ids, parts.get("tracking"), ROOT, "number", "index")


def _first_carrier(parts: Parts, ids: Any) -> Any:
    if "tracking" not in parts:
        return repeated(None, TEXT, len(ids))
    data = placed(parts["tracking"], ROOT, "index")
    first = only(data, compute.equal(data.column("place"), 0))
    return looked_up(ids, first.column(ROOT), first.column("company"))


def _quantity(parts: Parts, ids: Any) -> Any:
    """The sum of the lines, unknown where one of them is."""
    lines = parts.get("fulfillment_lines")
    if lines is None:
        return repeated(None, WHOLE, len(ids))
    keys, added = sums(lines.column(ROOT), lines.column("quantity"), WHOLE)
    unknown = only(lines, compute.is_null(lines.column("quantity"))).column(ROOT)
    found = looked_up(ids, keys, added)
    is_unknown = compute.is_in(whole(ids), value_set=whole(unknown))
    return compute.if_else(is_unknown, None, found)


def _first_step(parts: Parts, ids: Any, status: str) -> Any:
    if "fulfillment_events" not in parts:
        return repeated(None, INSTANT, len(ids))
    events = parts["fulfillment_events"]
    steps: Any = only(events, compute.equal(events.column("status"), status))
    steps = columns_of(steps, [ROOT, "happened_at"])
    first = steps.group_by(ROOT).aggregate([("happened_at", "min")])
    return looked_up(ids, first.column(ROOT), first.column("happened_at_min"))
