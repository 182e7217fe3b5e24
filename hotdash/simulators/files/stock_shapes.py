"""Parcels and stock as Shopify's REST API told them."""

from collections.abc import Iterator

from hotdash.simulators.files.rest_shapes import Row, instant
from hotdash.simulators.orders import Line
from hotdash.simulators.shipping import Parcel
from hotdash.simulators.stock import Item, Level, Place


def parcel_row(parcel: Parcel) -> Row:
    """Before its first step a parcel has no status of its way."""
    return {
        "id": parcel.parcel_id,
        "order_id": parcel.order.order_id,
        "name": parcel.name,
        "status": "success",
        "shipment_status": parcel.display_status.lower() if parcel.steps else None,
        "tracking_company": parcel.carrier,
        "location_id": parcel.location_id,
        "created_at": instant(parcel.created_at),
        "updated_at": instant(parcel.updated_at),
    }


def packed_rows(parcel: Parcel) -> Iterator[tuple[Row, Line]]:
    for line in parcel.lines:
        yield {"quantity": line.quantity, "title": line.title, "sku": line.sku}, line


def step_rows(parcel: Parcel) -> Iterator[tuple[Row, int]]:
    """Each with when it was made."""
    for step in parcel.steps:
        row = {
            "id": step.step_id,
            "fulfillment_id": parcel.parcel_id,
            "order_id": parcel.order.order_id,
            "status": step.status.lower(),
            "happened_at": instant(step.at),
            "created_at": instant(step.at),
            "estimated_delivery_at": instant(step.estimated_at),
        }
        yield row, step.at


def place_row(place: Place) -> Row:
    return {
        "id": place.location_id,
        "name": place.name,
        "active": True,
        "country_code": place.country,
        "created_at": instant(place.created_at),
        "updated_at": instant(place.updated_at),
    }


def item_row(item: Item) -> Row:
    return {
        "id": item.item_id,
        "sku": item.variant.sku,
        "tracked": item.is_tracked,
        "requires_shipping": True,
        "country_code_of_origin": item.country,
        "created_at": instant(item.created_at),
        "updated_at": instant(item.updated_at),
    }


def level_row(level: Level) -> Row:
    return {
        "inventory_item_id": level.item.item_id,
        "location_id": level.place.location_id,
        "available": level.available,
        "updated_at": instant(level.updated_at),
    }
