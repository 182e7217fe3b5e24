"""Shopify's webhooks: checked by the app's secret, read for ids only, because the body is asked for again."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from hotdash.base.clock import parse_iso
from hotdash.base.logging import get_logger
from hotdash.connectors.shopify.tables import CUSTOMERS, ORDERS, PRODUCTS
from hotdash.connectors.webhooks import Delivery, ForgedDeliveryError, Signal

SECRET_FIELD = "client_secret"
INVENTORY_LEVELS = "shopify_inventory_levels"
UNINSTALLED = "app/uninstalled"
CUSTOMER_EXPORTED = "customers/data_request"
CUSTOMER_ERASED = "customers/redact"
SHOP_ERASED = "shop/redact"
COMPLIANCE = frozenset({CUSTOMER_EXPORTED, CUSTOMER_ERASED, SHOP_ERASED})
# What Shopify may tell us and nobody here needs: taken without a word, or it is sent again and again.
UNHEARD = frozenset({"bulk_operations/finish", "app/scopes_update"})

Body = Mapping[str, Any]
_log = get_logger(__name__)


class _UnfitBodyError(Exception):
    """Signed by Shopify, but not what we know of the topic."""


def _one(table: str, *path: str) -> "Callable[[Body], list[Signal]]":
    return lambda body: [Signal(table, _number(body, path))]


def _merged_customers(body: Body) -> list[Signal]:
    """One customer takes over another's orders, and the other one is gone."""
    names = ("admin_graphql_api_customer_kept_id", "admin_graphql_api_customer_deleted_id")
    return [Signal(CUSTOMERS.name, _of_global_id(body.get(name))) for name in names]


_OF_ORDER = _one(ORDERS.name, "order_id")
_EXACT: Mapping[str, Callable[[Body], list[Signal]]] = {
    "orders/edited": _one(ORDERS.name, "order_edit", "order_id"),
    "customers/merge": _merged_customers,
    "refunds/create": _OF_ORDER,
    "order_transactions/create": _OF_ORDER,
}
_FAMILIES: Mapping[str, Callable[[Body], list[Signal]]] = {
    "orders": _one(ORDERS.name, "id"),
    "fulfillments": _OF_ORDER,
    "products": _one(PRODUCTS.name, "id"),
    "customers": _one(CUSTOMERS.name, "id"),
    # A level has no number of its own here: its item is asked for again with all its levels.
    "inventory_levels": _one(INVENTORY_LEVELS, "inventory_item_id"),
    "inventory_items": _one(INVENTORY_LEVELS, "id"),
}


def signature(body: bytes, secret: str) -> str:
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


@dataclass(frozen=True)
class ShopifyWebhooks:
    secret_field: str = SECRET_FIELD

    def account_of(self, headers: Mapping[str, str]) -> str | None:
        return headers.get("x-shopify-shop-domain", "").lower() or None

    def accept(self, headers: Mapping[str, str], body: bytes, secret: str) -> Delivery:
        told = headers.get("x-shopify-hmac-sha256", "")
        if not secret or not hmac.compare_digest(signature(body, secret).encode(), told.encode()):
            raise ForgedDeliveryError
        topic = headers.get("x-shopify-topic", "").lower()
        # Shopify always names it; the body stands in, so that nothing signed is lost without one.
        delivery_id = headers.get("x-shopify-webhook-id") or hashlib.sha256(body).hexdigest()
        triggered_at = _instant(headers.get("x-shopify-triggered-at"))
        try:
            document = _document(body)
            if topic in COMPLIANCE or topic == UNINSTALLED:
                self._require_own(headers, document)
            return Delivery(
                delivery_id,
                topic,
                triggered_at,
                signals=_signals(topic, document),
                compliance=_compliance(document) if topic in COMPLIANCE else None,
                uninstalled=topic == UNINSTALLED,
            )
        except _UnfitBodyError as error:
            _log.warning(
                "webhook_not_understood", topic=topic, delivery_id=delivery_id, reason=str(error)
            )
            return Delivery(delivery_id, topic, triggered_at)

    def _require_own(self, headers: Mapping[str, str], body: Body) -> None:
        """One secret signs for every shop of the app: what weighs most must name this one."""
        named = body.get("shop_domain") or body.get("myshopify_domain") or body.get("domain")
        account = self.account_of(headers)
        if account is None or str(named).lower() != account:
            raise ForgedDeliveryError


def _signals(topic: str, body: Body) -> Sequence[Signal]:
    if topic in COMPLIANCE or topic in UNHEARD or topic == UNINSTALLED:
        return ()
    read = _EXACT.get(topic) or _FAMILIES.get(topic.partition("/")[0])
    return tuple(read(body)) if read else ()


def _compliance(body: Body) -> Mapping[str, object]:
    """Ids only: names, addresses and phone numbers that come along are not kept."""
    customer = body.get("customer")
    customer_id = cast(Body, customer).get("id") if isinstance(customer, dict) else None
    orders: Any = body.get("orders_requested") or body.get("orders_to_redact") or []
    return {
        "customer_id": str(customer_id) if _is_number(customer_id) else None,
        "order_ids": [str(each) for each in orders if _is_number(each)],
    }


def _document(body: bytes) -> Body:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise _UnfitBodyError("the body is not JSON") from error
    if not isinstance(document, dict):
        raise _UnfitBodyError("the body is no JSON object")
    return cast(Body, document)


def _number(body: Body, path: Sequence[str]) -> str:
    value: Any = body
    for name in path:
        value = cast(Body, value).get(name) if isinstance(value, dict) else None
    if not _is_number(value):
        raise _UnfitBodyError(f"{'.'.join(path)} is not an id")
    return str(value)


def _of_global_id(value: Any) -> str:
    number = str(value).rpartition("/")[2]
    if not (number.isascii() and number.isdecimal()):
        raise _UnfitBodyError("a customer without an id")
    return number


def _is_number(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**63


def _instant(text: str | None) -> datetime | None:
    try:
        return parse_iso(text) if text else None
    except ValueError:
        return None
