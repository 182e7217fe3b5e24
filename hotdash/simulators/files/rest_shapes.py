"""Orders, customers and products as Shopify's REST API told them: what both loaders copy."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from hotdash.simulators.buyers import email_of
from hotdash.simulators.orders import RATE_SCALE, Customer, Line, Order, Product, Refund, Shop
from hotdash.simulators.shopify.order_fields import cancel_reason_of, source_name_of
from hotdash.simulators.stock import item_id_of

Row = dict[str, Any]
_FULFILLMENT = {"UNFULFILLED": None, "PARTIALLY_FULFILLED": "partial"}
_CITY_TAX_ABOVE = 62_500


def instant(seconds: int | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def shop_row(shop: Shop) -> Row:
    return {
        "id": shop.vendor_id,
        "name": shop.name,
        "myshopify_domain": shop.domain,
        "domain": f"www.{shop.shop_id}.example",
        "iana_timezone": shop.timezone,
        "currency": shop.currency,
        "taxes_included": shop.taxes_included,
        "plan_display_name": shop.plan,
        "created_at": datetime(2021, 3, 1, 9, tzinfo=UTC),
    }


def customer_row(customer: Customer) -> Row:
    return {
        "id": customer.customer_id,
        "email": customer.email,
        "first_name": customer.first_name,
        "last_name": customer.last_name,
        "created_at": instant(customer.created_at),
        "updated_at": instant(customer.updated_at),
        "state": customer.state.lower(),
    }


def marketing_row(customer: Customer) -> Row:
    """Of the address to write to, so nothing without one."""
    is_known = customer.email is not None
    return {
        "state": customer.marketing_state.lower() if is_known else None,
        "consent_updated_at": instant(customer.marketing_updated_at) if is_known else None,
    }


def product_row(product: Product) -> Row:
    return {
        "id": product.product_id,
        "title": product.title,
        "handle": product.handle,
        "product_type": product.product_type,
        "vendor": product.vendor,
        "status": product.status.lower(),
        "created_at": instant(product.created_at),
        "updated_at": instant(product.updated_at),
    }


def variant_rows(product: Product) -> Iterator[Row]:
    for variant in product.variants:
        yield {
            "id": variant.variant_id,
            "product_id": product.product_id,
            "sku": variant.sku,
            "title": variant.title,
            "price": product.shop.money(variant.price),
            "created_at": instant(variant.created_at),
            "updated_at": instant(variant.updated_at),
            "inventory_item_id": item_id_of(variant.variant_id),
        }


def order_row(order: Order) -> Row:
    money = order.shop.money
    status = order.fulfillment_status
    return {
        "id": order.order_id,
        "name": order.name,
        "created_at": instant(order.created_at),
        "processed_at": instant(order.processed_at),
        "updated_at": instant(order.updated_at),
        "cancelled_at": instant(order.cancelled_at),
        "financial_status": order.financial_status.lower(),
        "fulfillment_status": _FULFILLMENT.get(status, status.lower()),
        "test": order.is_test,
        "currency": order.shop.currency,
        "presentment_currency": order.presentment_currency,
        "taxes_included": order.shop.taxes_included,
        "customer_id": order.customer_id,
        "email": email_of(order),
        "total_price": money(order.total_price),
        "total_tax": money(order.total_tax),
        "total_discounts": money(order.total_discounts),
        "closed_at": instant(order.fulfilled_at),
        "cancel_reason": (cancel_reason_of(order) or "").lower() or None,
        "source_name": source_name_of(order),
    }


def line_row(line: Line, shop: Shop) -> Row:
    return {
        "id": line.line_id,
        "product_id": line.product_id,
        "variant_id": line.variant_id,
        "sku": line.sku,
        "title": line.title,
        "quantity": line.quantity,
        "current_quantity": line.current_quantity,
        "price": shop.money(line.unit_price),
        "gift_card": line.is_gift_card,
    }


def tax_rows(piece: Any, shop: Shop) -> list[Row]:
    if not piece.tax_rate:
        return []
    rate, total = piece.tax_rate, piece.tax_total
    if shop.locale != "us" or rate <= _CITY_TAX_ABOVE:
        shares = [("Tax", rate, total)]
    else:
        city = total * (rate - _CITY_TAX_ABOVE) // rate
        shares = [
            ("State Tax", _CITY_TAX_ABOVE, total - city),
            ("City Tax", rate - _CITY_TAX_ABOVE, city),
        ]
    return [
        {"title": title, "rate": part / RATE_SCALE, "price": shop.money(price)}
        for title, part, price in shares
    ]


def shipping_rows(order: Order) -> Iterator[tuple[Row, Any]]:
    """Removed ones are not told."""
    for line in order.shipping_lines:
        if not line.is_removed:
            row = {
                "id": line.shipping_line_id,
                "title": line.title,
                "price": order.shop.money(line.original_amount),
                "discounted_price": order.shop.money(line.discounted_amount),
            }
            yield row, line


def refund_row(refund: Refund) -> Row:
    return {
        "id": refund.refund_id,
        "created_at": instant(refund.created_at),
        "processed_at": instant(refund.processed_at),
    }


def refund_line_rows(refund: Refund, shop: Shop) -> list[Row]:
    return [
        {
            "id": line.refund_line_id,
            "line_item_id": line.line_id,
            "quantity": line.quantity,
            "subtotal": shop.money(line.subtotal),
            "total_tax": shop.money(line.total_tax),
            "restock_type": line.restock_type.lower(),
        }
        for line in refund.lines
    ]


def adjustment_rows(refund: Refund, shop: Shop) -> list[Row]:
    """Refunded shipping is an adjustment too, with its tax on top of the amount."""
    rows = [
        {
            "id": part.adjustment_id,
            "amount": shop.money(part.amount),
            "tax_amount": shop.money(part.tax_amount),
            "kind": part.reason.lower(),
            "reason": part.reason.replace("_", " ").capitalize(),
        }
        for part in refund.adjustments
    ]
    for line in refund.shipping_lines:
        net = line.subtotal - (line.tax_amount if shop.taxes_included else 0)
        rows.append(
            {
                "id": line.refund_shipping_line_id + 1,
                "amount": shop.money(-net),
                "tax_amount": shop.money(-line.tax_amount),
                "kind": "shipping_refund",
                "reason": "Shipping refund",
            }
        )
    return rows
