"""What a signed delivery of each topic means to us, and that an unsigned one means nothing."""

import json
from collections.abc import Mapping
from typing import Any

import pytest

from hotdash.connectors.shopify.webhooks import ShopifyWebhooks, signature
from hotdash.connectors.webhooks import Delivery, ForgedDeliveryError, Signal
from hotdash.simulators.orders import epoch
from hotdash.simulators.shopify import webhooks as simulated
from hotdash.simulators.world import World
from tests.fixtures.simulator import SHOP_ID, UNTIL

SECRET = "a secret"
SHOP = "hot-rod-an.myshopify.com"


def accept(topic: str, body: Any, **headers: str) -> Delivery:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    told = {
        "x-shopify-topic": topic,
        "x-shopify-shop-domain": SHOP,
        "x-shopify-webhook-id": "w-1",
        "x-shopify-hmac-sha256": signature(content, SECRET),
        **headers,
    }
    return ShopifyWebhooks().accept(told, content, SECRET)


@pytest.mark.parametrize(
    ("topic", "body", "table", "vendor_id"),
    [
        ("orders/create", {"id": 1}, "orders", "1"),
        ("orders/updated", {"id": 1}, "orders", "1"),
        ("orders/delete", {"id": 1}, "orders", "1"),
        ("orders/edited", {"order_edit": {"id": 5, "order_id": 1}}, "orders", "1"),
        ("ORDERS/PAID", {"id": 1}, "orders", "1"),
        ("refunds/create", {"id": 9, "order_id": 1}, "orders", "1"),
        ("fulfillments/update", {"id": 9, "order_id": 1}, "orders", "1"),
        ("order_transactions/create", {"id": 9, "order_id": 1}, "orders", "1"),
        ("products/update", {"id": 2}, "products", "2"),
        ("products/delete", {"id": 2}, "products", "2"),
        ("customers/update", {"id": 3}, "customers", "3"),
        ("inventory_items/delete", {"id": 4}, "inventory_levels", "4"),
        (
            "inventory_levels/update",
            {"inventory_item_id": 4, "location_id": 8, "available": 0},
            "inventory_levels",
            "4",
        ),
    ],
)
def test_a_topic_is_about_one_thing(
    topic: str, body: Mapping[str, Any], table: str, vendor_id: str
) -> None:
    assert accept(topic, body).signals == (Signal(f"shopify_{table}", vendor_id),)


def test_a_merge_is_about_two_customers() -> None:
    body = {
        "admin_graphql_api_customer_kept_id": "gid://shopify/Customer/3",
        "admin_graphql_api_customer_deleted_id": "gid://shopify/Customer/4",
    }
    ids = [signal.vendor_id for signal in accept("customers/merge", body).signals]
    assert ids == ["3", "4"]


@pytest.mark.parametrize(
    ("topic", "body"),
    [
        ("bulk_operations/finish", {"admin_graphql_api_id": "gid://shopify/BulkOperation/1"}),
        ("carts/update", {"id": "abc"}),
        ("orders/create", {"id": True}),
        ("orders/create", {"id": 2**63}),
        ("orders/create", {"id": "1"}),
        ("orders/edited", {"order_edit": None}),
        ("customers/merge", {"admin_graphql_api_customer_kept_id": "gid://shopify/Customer/x"}),
        ("orders/create", b"\xff"),
        ("orders/create", b"[]"),
        ("orders/create", b""),
    ],
)
def test_what_is_nothing_to_us_is_taken_without_a_signal(topic: str, body: Any) -> None:
    told = accept(topic, body)
    assert (told.signals, told.compliance, told.uninstalled) == ((), None, False)


def test_ids_and_instants_come_from_the_headers() -> None:
    told = accept("orders/create", {"id": 1}, **{"x-shopify-triggered-at": "2026-11-20T18:00:00Z"})
    assert (told.delivery_id, told.triggered_at) == ("w-1", UNTIL)
    assert accept("x", {}, **{"x-shopify-triggered-at": "soon"}).triggered_at is None
    unnamed = {accept("x", {"id": n}, **{"x-shopify-webhook-id": ""}).delivery_id for n in (1, 2)}
    assert len(unnamed) == 2


@pytest.mark.parametrize("told", ["", "x", "ü", signature(b"another body", SECRET)])
def test_a_signature_that_does_not_fit(told: str) -> None:
    with pytest.raises(ForgedDeliveryError):
        accept("orders/create", {"id": 1}, **{"x-shopify-hmac-sha256": told})


def test_without_a_secret_nothing_is_signed() -> None:
    body = b"{}"
    with pytest.raises(ForgedDeliveryError):
        ShopifyWebhooks().accept({"x-shopify-hmac-sha256": signature(body, "")}, body, "")


def test_the_simulators_deliveries_are_understood(world: World) -> None:
    """Each of its topics; and with another key in their bodies none of them would be."""
    of_shop = world.of(SHOP_ID)
    gone = [(epoch(UNTIL), "orders", 7), (epoch(UNTIL), "products", 8)]
    told = simulated.happenings_between(of_shop, of_shop.opened, epoch(UNTIL), gone)
    sent = simulated.deliveries(of_shop.shop, told)
    topics: dict[str, Signal] = {}
    for each in sent:
        headers = {**each.headers}
        delivery = ShopifyWebhooks().accept(headers, each.content, simulated.CLIENT_SECRET)
        assert len(delivery.signals) == 1, each.topic
        topics[each.topic] = delivery.signals[0]
    assert topics["refunds/create"].table == "shopify_orders"
    assert topics["orders/delete"] == Signal("shopify_orders", "7")
    assert {"orders/create", "fulfillments/create", "customers/update", "products/update"} <= set(
        topics
    )
    drifted = json.dumps({"number": 1})
    assert accept("orders/create", drifted.encode()).signals == ()


@pytest.mark.parametrize("topic", ["app/uninstalled", "shop/redact", "customers/redact"])
@pytest.mark.parametrize("named", ["", "another.myshopify.com"])
def test_what_weighs_most_is_forged_where_headers_name_no_shop_or_another(
    topic: str, named: str
) -> None:
    """Sent on to the address of another shop, it bears the same app's signature."""
    body = {"shop_domain": SHOP, "myshopify_domain": SHOP}
    with pytest.raises(ForgedDeliveryError):
        accept(topic, body, **{"x-shopify-shop-domain": named})
