"""What the world's events make Shopify send: REST-shaped bodies, signed, doubled, late, shuffled or forged."""

import base64
import hashlib
import hmac
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

import orjson

from hotdash.simulators.orders import Customer, Order, Product, Refund, Shop, instant
from hotdash.simulators.shopify.fields import gid
from hotdash.simulators.shopify.oauth import CLIENT_SECRET
from hotdash.simulators.world import ShopWorld

LATE_SECONDS = 4 * 3600
_API_VERSION = "2026-10"
_USUAL_DELAY = 5
Body = dict[str, Any]


@dataclass(frozen=True)
class Happening:
    """One topic told about one thing at one instant."""

    at: int
    topic: str
    body: Body


@dataclass(frozen=True)
class Sent:
    """One delivery on its way: what a receiver gets, and when."""

    at: int
    topic: str
    headers: dict[str, str]
    content: bytes = field(repr=False)
    is_forged: bool = False


@dataclass(frozen=True)
class Mischief:
    """What can go wrong between Shopify and us; without any of it, all comes once and in order."""

    copies: int = 1
    shuffle: bool = False
    forge_share: float = 0.0
    late_share: float = 0.0
    seed: int = 7


def deliveries(
    shop: Shop,
    happenings: Sequence[Happening],
    mischief: Mischief = Mischief(),
    secret: str = CLIENT_SECRET,
) -> list[Sent]:
    """Each happening up to `copies` times under its one id, and forgeries between them."""
    chance = Random(f"{mischief.seed}/{shop.shop_id}/webhooks")
    planned: list[Sent] = []
    for place, happening in enumerate(happenings):
        genuine = _signed(shop, happening, f"{shop.vendor_id}-{mischief.seed}-{place}", secret)
        for _ in range(chance.randint(1, max(1, mischief.copies))):
            is_late = chance.random() < mischief.late_share
            delay = LATE_SECONDS if is_late else chance.randrange(_USUAL_DELAY)
            planned.append(replace(genuine, at=happening.at + delay))
        if chance.random() < mischief.forge_share:
            planned.append(_forged(chance, genuine, happening.at))
    if mischief.shuffle:
        chance.shuffle(planned)
        return planned
    return sorted(planned, key=lambda sent: sent.at)


def happenings_between(
    world: ShopWorld, first: int, last: int, gone: Sequence[tuple[int, str, int]] = ()
) -> list[Happening]:
    """Everything after first and up to last, in its order; gone is what was deleted: when, kind, id."""
    told = [
        *_of_orders(world, first, last),
        *_of_customers(world, first, last),
        *_of_products(world, first, last),
        *(Happening(at, f"{kind}/delete", {"id": number}) for at, kind, number in gone),
    ]
    return sorted((each for each in told if first < each.at <= last), key=lambda each: each.at)


def signature(content: bytes, secret: str) -> str:
    return base64.b64encode(hmac.new(secret.encode(), content, hashlib.sha256).digest()).decode()


def _signed(shop: Shop, happening: Happening, webhook_id: str, secret: str) -> Sent:
    content = orjson.dumps(happening.body)
    headers = {
        "content-type": "application/json",
        "x-shopify-topic": happening.topic,
        "x-shopify-shop-domain": shop.domain,
        "x-shopify-api-version": _API_VERSION,
        "x-shopify-webhook-id": webhook_id,
        "x-shopify-event-id": f"event-{webhook_id}",
        "x-shopify-triggered-at": instant(happening.at).strftime("%Y-%m-%dT%H:%M:%S.000Z"),
        "x-shopify-hmac-sha256": signature(content, secret),
    }
    return Sent(happening.at, happening.topic, headers, content)


def _forged(chance: Random, genuine: Sent, at: int) -> Sent:
    """Another body, another secret, or no signature at all."""
    headers = {**genuine.headers, "x-shopify-webhook-id": f"forged-{chance.getrandbits(48):x}"}
    kind = chance.randrange(3)
    content = genuine.content
    if kind == 0:
        content = content.replace(b'"id":', b'"id":9', 1)
    elif kind == 1:
        headers["x-shopify-hmac-sha256"] = signature(content, "somebody else's secret")
    else:
        del headers["x-shopify-hmac-sha256"]
    return Sent(at, genuine.topic, headers, content, is_forged=True)


def _of_orders(world: ShopWorld, first: int, last: int) -> Iterator[Happening]:
    for version in _versions(world, first, last):
        yield from _TOLD_BY.get(version.event, _updated)(version)


def _versions(world: ShopWorld, first: int, last: int) -> Iterator[Order]:
    for history in world.histories(world.opened, last):
        for version in history:
            if first < version.updated_at <= last:
                yield version


def _placed(order: Order) -> Iterator[Happening]:
    yield Happening(order.updated_at, "orders/create", _order(order))
    if order.financial_status == "PAID":
        yield Happening(order.updated_at, "order_transactions/create", _transaction(order))


def _fulfilled(order: Order) -> Iterator[Happening]:
    fulfillment = {
        "id": order.order_id * 10 + 1,
        "admin_graphql_api_id": gid("Fulfillment", order.order_id * 10 + 1),
        "order_id": order.order_id,
        "status": "success",
        "created_at": _told(order.updated_at),
    }
    yield Happening(order.updated_at, "fulfillments/create", fulfillment)
    yield Happening(order.updated_at, "orders/fulfilled", _order(order))
    yield from _updated(order)


def _refunded(order: Order) -> Iterator[Happening]:
    yield Happening(order.updated_at, "refunds/create", _refund(order, order.refunds[-1]))
    yield from _updated(order)


def _edited(order: Order) -> Iterator[Happening]:
    edit = {"order_edit": {"id": order.order_id + order.updated_at, "order_id": order.order_id}}
    yield Happening(order.updated_at, "orders/edited", edit)
    yield from _updated(order)


def _paid(order: Order) -> Iterator[Happening]:
    yield Happening(order.updated_at, "order_transactions/create", _transaction(order))
    yield Happening(order.updated_at, "orders/paid", _order(order))
    yield from _updated(order)


def _cancelled(order: Order) -> Iterator[Happening]:
    yield Happening(order.updated_at, "orders/cancelled", _order(order))
    if order.refunds and order.refunds[-1].created_at == order.updated_at:
        yield Happening(order.updated_at, "refunds/create", _refund(order, order.refunds[-1]))
    yield from _updated(order)


def _updated(order: Order) -> Iterator[Happening]:
    yield Happening(order.updated_at, "orders/updated", _order(order))


_TOLD_BY: dict[str, Callable[[Order], Iterator[Happening]]] = {
    "placed": _placed,
    "fulfilled": _fulfilled,
    "refunded": _refunded,
    "edited": _edited,
    "paid": _paid,
    "cancelled": _cancelled,
}


def _of_customers(world: ShopWorld, first: int, last: int) -> Iterator[Happening]:
    """Also whatever becomes of an order dates its buyer anew, and is told."""
    for position in range(world.plan.position(last) + 1):
        for versions in world.newcomers(position):
            for place, version in enumerate(versions):
                topic = "customers/update" if place else "customers/create"
                yield Happening(version.updated_at, topic, _customer(version))
    for order in _versions(world, first, last):
        buyer = order.customer_id and world.customer_as_of(order.customer_id, order.updated_at)
        if buyer:
            yield Happening(order.updated_at, "customers/update", _customer(buyer))


def _of_products(world: ShopWorld, first: int, last: int) -> Iterator[Happening]:
    del first
    for product in world.products_as_of(last):
        yield Happening(product.created_at, "products/create", _product(product))
        if product.updated_at > product.created_at:
            yield Happening(product.updated_at, "products/update", _product(product))


def _order(order: Order) -> Body:
    return {
        "id": order.order_id,
        "admin_graphql_api_id": gid("Order", order.order_id),
        "name": order.name,
        "test": order.is_test,
        "currency": order.shop.currency,
        "created_at": _told(order.created_at),
        "processed_at": _told(order.processed_at),
        "updated_at": _told(order.updated_at),
        "cancelled_at": None if order.cancelled_at is None else _told(order.cancelled_at),
        "financial_status": order.financial_status.lower(),
        "fulfillment_status": "fulfilled" if order.fulfillment_status == "FULFILLED" else None,
        "total_price": str(order.shop.money(order.total_price)),
        "total_tax": str(order.shop.money(order.total_tax)),
        "total_discounts": str(order.shop.money(order.total_discounts)),
        "customer": None if order.customer_id is None else {"id": order.customer_id},
        "line_items": [
            {
                "id": line.line_id,
                "product_id": line.product_id,
                "variant_id": line.variant_id,
                "sku": line.sku,
                "quantity": line.quantity,
                "current_quantity": line.current_quantity,
                "price": str(order.shop.money(line.unit_price)),
            }
            for line in order.lines
        ],
        "refunds": [_refund(order, each) for each in order.refunds],
    }


def _refund(order: Order, refund: Refund) -> Body:
    return {
        "id": refund.refund_id,
        "admin_graphql_api_id": gid("Refund", refund.refund_id),
        "order_id": order.order_id,
        "created_at": _told(refund.created_at),
        "processed_at": _told(refund.processed_at),
        "refund_line_items": [
            {"id": line.refund_line_id, "line_item_id": line.line_id, "quantity": line.quantity}
            for line in refund.lines
        ],
    }


def _transaction(order: Order) -> Body:
    return {
        "id": order.order_id * 10 + 2,
        "admin_graphql_api_id": gid("OrderTransaction", order.order_id * 10 + 2),
        "order_id": order.order_id,
        "kind": "sale",
        "status": "success",
        "amount": str(order.shop.money(order.total_price)),
        "currency": order.shop.currency,
    }


def _customer(customer: Customer) -> Body:
    return {
        "id": customer.customer_id,
        "admin_graphql_api_id": gid("Customer", customer.customer_id),
        "email": customer.email,
        "first_name": customer.first_name,
        "last_name": customer.last_name,
        "created_at": _told(customer.created_at),
        "updated_at": _told(customer.updated_at),
    }


def _product(product: Product) -> Body:
    return {
        "id": product.product_id,
        "admin_graphql_api_id": gid("Product", product.product_id),
        "title": product.title,
        "status": product.status.lower(),
        "updated_at": _told(product.updated_at),
        "variants": [{"id": each.variant_id, "sku": each.sku} for each in product.variants],
    }


def _told(seconds: int) -> str:
    return instant(seconds).strftime("%Y-%m-%dT%H:%M:%SZ")
