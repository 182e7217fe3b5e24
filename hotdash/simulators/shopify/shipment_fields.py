"""How the fields of fulfillments and of the orders to fulfil are read off the world."""

from collections.abc import Mapping
from dataclasses import dataclass

from hotdash.simulators.orders import Order
from hotdash.simulators.shipping import Parcel, parcels_of
from hotdash.simulators.shopify.values import (
    Packed,
    Part,
    Reference,
    Resolver,
    Standpoint,
    gid,
    item,
    own,
    own_at,
    own_id,
    reference,
    written,
)


@dataclass(frozen=True, slots=True)
class ToFulfil:
    """An order to fulfil, closed once all of it is sent."""

    order: Order
    number: int
    at: Standpoint

    typename = "FulfillmentOrder"

    @property
    def is_closed(self) -> bool:
        return self.order.fulfilled_at is not None or self.order.cancelled_at is not None

    @property
    def created_at(self) -> int:
        return self.order.created_at

    @property
    def updated_at(self) -> int:
        return self.order.fulfilled_at or self.order.cancelled_at or self.order.created_at

    @property
    def status(self) -> str:
        if self.order.fulfilled_at is not None:
            return "CLOSED"
        return "CANCELLED" if self.order.cancelled_at is not None else "OPEN"

    @property
    def parcels(self) -> list[Parcel]:
        return parcels_of(self.order, self.at.now, self.at.incidents)


def to_fulfil(order: Order, at: Standpoint) -> list[ToFulfil]:
    """Few orders are split in two, which one parcel may then serve together."""
    count = 2 if order.order_id // 1000 % 25 == 0 else 1
    return [ToFulfil(order, order.order_id * 2 + place, at) for place in range(count)]


def _tracking(parcel: Parcel) -> list[Parcel]:
    return [parcel]


def packed_id(part: Part) -> str:
    return gid("FulfillmentLineItem", part.item.line_id * 2 + 1)


SHIPMENT_FIELDS: Mapping[str, Mapping[str, Resolver]] = {
    "FulfillmentOrder": {
        "id": own_id("FulfillmentOrder", "number"),
        "orderId": lambda asked: gid("Order", asked.order.order_id),
        "status": own("status"),
        "createdAt": own_at("created_at"),
        "updatedAt": own_at("updated_at"),
        "fulfillments": own("parcels"),
    },
    "Fulfillment": {
        "id": own_id("Fulfillment", "parcel_id"),
        "name": own("name"),
        "order": lambda parcel: Reference("Order", parcel.order.order_id),
        "status": lambda _parcel: "SUCCESS",
        "displayStatus": own("display_status"),
        "totalQuantity": own("quantity"),
        "createdAt": own_at("created_at"),
        "updatedAt": own_at("updated_at"),
        "inTransitAt": lambda parcel: written(parcel.at_of("IN_TRANSIT")),
        "deliveredAt": lambda parcel: written(parcel.at_of("DELIVERED")),
        "estimatedDeliveryAt": own_at("promised_at"),
        "location": lambda parcel: Reference("Location", parcel.location_id),
        "trackingInfo": _tracking,
        "fulfillmentLineItems": lambda parcel: [
            Part(parcel.order, Packed(line.line_id, line.quantity)) for line in parcel.lines
        ],
        "events": lambda parcel: [Part(parcel.order, step) for step in parcel.steps],
    },
    "FulfillmentTrackingInfo": {
        "company": own("carrier"),
        "number": own("number"),
        "url": lambda parcel: f"https://track.example/{parcel.number}",
    },
    "FulfillmentLineItem": {
        "id": packed_id,
        "lineItem": reference("LineItem", "line_id"),
        "quantity": item("quantity"),
    },
    "FulfillmentEvent": {
        "id": lambda part: gid("FulfillmentEvent", part.item.step_id),
        "status": item("status"),
        "happenedAt": lambda part: written(part.item.at),
        "createdAt": lambda part: written(part.item.at),
        "estimatedDeliveryAt": lambda part: written(part.item.estimated_at),
    },
}
