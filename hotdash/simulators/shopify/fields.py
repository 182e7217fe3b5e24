"""How each field of each type is read off the world; execution and bulk export share this one table."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, NamedTuple

from hotdash.simulators.orders import RATE_SCALE, Order, Product, Shop

Resolver = Callable[[Any], Any]
_CITY_TAX_ABOVE = 62_500


class Part(NamedTuple):
    """A piece of an order together with the order it belongs to."""

    order: Order
    item: Any


class Amount(NamedTuple):
    text: str
    currency: str


class Tax(NamedTuple):
    title: str
    rate: float
    price: Amount


def gid(kind: str, number: int) -> str:
    return f"gid://shopify/{kind}/{number}"


def amount(shop: Shop, minor: int) -> Amount:
    """As Shopify writes it: at least one decimal, no further trailing zeros."""
    if shop.currency == "JPY":
        return Amount(f"{minor}.0", shop.currency)
    whole, rest = divmod(abs(minor), 100)
    sign = "-" if minor < 0 else ""
    decimals = f"{rest:02d}" if rest % 10 else str(rest // 10)
    return Amount(f"{sign}{whole}.{decimals}", shop.currency)


@lru_cache(maxsize=65_536)
def written(seconds: int | None) -> str | None:
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def money(of: Callable[[Any], int]) -> Resolver:
    return lambda part: amount(part.order.shop, of(part.item))


def order_money(of: Callable[[Order], int]) -> Resolver:
    return lambda order: amount(order.shop, of(order))


def item(name: str) -> Resolver:
    return lambda part: getattr(part.item, name)


def of_order(parts: Callable[[Order], Iterable[Any]]) -> Resolver:
    return lambda order: [Part(order, piece) for piece in parts(order)]


def of_part(name: str) -> Resolver:
    return lambda part: [Part(part.order, piece) for piece in getattr(part.item, name)]


def _reference(kind: str, name: str) -> Resolver:
    def resolve(part: Part) -> "Reference | None":
        number = getattr(part.item, name)
        return None if number is None else Reference(kind, number)

    return resolve


class Reference(NamedTuple):
    """An object of which only the id is asked for."""

    kind: str
    number: int


def told_shipping_lines(parts: Sequence[Part], *, include_removals: bool) -> list[Part]:
    """Removed shipping lines are only told to who asks for them."""
    return [part for part in parts if include_removals or not part.item.is_removed]


def _taxes(part: Part) -> list[Tax]:
    """One tax, or state and city apart where the rate is more than the state's."""
    shop, piece = part.order.shop, part.item
    if not piece.tax_rate:
        return []
    if shop.locale != "us" or piece.tax_rate <= _CITY_TAX_ABOVE:
        return [Tax("Tax", piece.tax_rate / RATE_SCALE, amount(shop, piece.tax_total))]
    city_rate = piece.tax_rate - _CITY_TAX_ABOVE
    city = piece.tax_total * city_rate // piece.tax_rate
    return [
        Tax("State Tax", _CITY_TAX_ABOVE / RATE_SCALE, amount(shop, piece.tax_total - city)),
        Tax("City Tax", city_rate / RATE_SCALE, amount(shop, city)),
    ]


def _allocations(part: Part) -> list[Amount]:
    """Every third discounted line has its discount from two applications."""
    total = part.item.discount_total
    if not total:
        return []
    if part.item.line_id % 3:
        return [amount(part.order.shop, total)]
    half = total // 2
    return [amount(part.order.shop, half), amount(part.order.shop, total - half)]


def _id(kind: str, name: str) -> Resolver:
    return lambda part: gid(kind, getattr(part.item, name))


def _own(name: str) -> Resolver:
    return lambda thing: getattr(thing, name)


def _at(name: str) -> Resolver:
    return lambda thing: written(getattr(thing, name))


def _item_at(name: str) -> Resolver:
    return lambda part: written(getattr(part.item, name))


def _own_id(kind: str, name: str) -> Resolver:
    return lambda thing: gid(kind, getattr(thing, name))


def _customer(order: Order) -> Reference | None:
    return None if order.customer_id is None else Reference("Customer", order.customer_id)


class SoldVariant(NamedTuple):
    product: Product
    variant: Any


FIELDS: Mapping[str, Mapping[str, Resolver]] = {
    "MoneyBag": {"shopMoney": lambda money: money},
    "MoneyV2": {"amount": lambda money: money.text, "currencyCode": lambda money: money.currency},
    "TaxLine": {"title": _own("title"), "rate": _own("rate"), "priceSet": _own("price")},
    "DiscountAllocation": {"allocatedAmountSet": lambda allocated: allocated},
    "ShopPlan": {"publicDisplayName": lambda plan: plan},
    "CustomerEmailAddress": {"emailAddress": lambda address: address},
    "Shop": {
        "id": _own_id("Shop", "vendor_id"),
        "name": _own("name"),
        "myshopifyDomain": _own("domain"),
        "ianaTimezone": _own("timezone"),
        "currencyCode": _own("currency"),
        "taxesIncluded": _own("taxes_included"),
        "plan": _own("plan"),
        "createdAt": lambda _shop: "2021-03-01T09:00:00Z",
    },
    "Customer": {
        "id": _own_id("Customer", "customer_id"),
        "firstName": _own("first_name"),
        "lastName": _own("last_name"),
        "defaultEmailAddress": _own("email"),
        "createdAt": _at("created_at"),
        "updatedAt": _at("updated_at"),
    },
    "Product": {
        "id": _own_id("Product", "product_id"),
        "title": _own("title"),
        "handle": _own("handle"),
        "productType": _own("product_type"),
        "vendor": _own("vendor"),
        "status": _own("status"),
        "createdAt": _at("created_at"),
        "updatedAt": _at("updated_at"),
        "variants": lambda product: [SoldVariant(product, v) for v in product.variants],
    },
    "ProductVariant": {
        "id": lambda sold: gid("ProductVariant", sold.variant.variant_id),
        "sku": lambda sold: sold.variant.sku,
        "title": lambda sold: sold.variant.title,
        "price": lambda sold: _price(sold.product.shop, sold.variant.price),
        "createdAt": lambda sold: written(sold.variant.created_at),
        "updatedAt": lambda sold: written(sold.variant.updated_at),
        "product": lambda sold: sold.product,
    },
    "Order": {
        "id": _own_id("Order", "order_id"),
        "name": _own("name"),
        "createdAt": _at("created_at"),
        "processedAt": _at("processed_at"),
        "updatedAt": _at("updated_at"),
        "cancelledAt": _at("cancelled_at"),
        "displayFinancialStatus": _own("financial_status"),
        "displayFulfillmentStatus": _own("fulfillment_status"),
        "test": _own("is_test"),
        "currencyCode": lambda order: order.shop.currency,
        "presentmentCurrencyCode": _own("presentment_currency"),
        "taxesIncluded": lambda order: order.shop.taxes_included,
        "customer": _customer,
        "totalPriceSet": order_money(lambda order: order.total_price),
        "totalTaxSet": order_money(lambda order: order.total_tax),
        "totalShippingPriceSet": order_money(lambda order: order.total_shipping),
        "totalDiscountsSet": order_money(lambda order: order.total_discounts),
        "totalRefundedSet": order_money(lambda order: order.total_refunded),
        "lineItems": of_order(lambda order: order.lines),
        "shippingLines": of_order(lambda order: order.shipping_lines),
        "refunds": of_order(lambda order: order.refunds),
    },
    "LineItem": {
        "id": _id("LineItem", "line_id"),
        "sku": item("sku"),
        "title": item("title"),
        "quantity": item("quantity"),
        "currentQuantity": item("current_quantity"),
        "isGiftCard": item("is_gift_card"),
        "product": _reference("Product", "product_id"),
        "variant": _reference("ProductVariant", "variant_id"),
        "originalUnitPriceSet": money(lambda line: line.unit_price),
        "originalTotalSet": money(lambda line: line.original_total),
        "discountAllocations": _allocations,
        "taxLines": _taxes,
    },
    "ShippingLine": {
        "id": _id("ShippingLine", "shipping_line_id"),
        "title": item("title"),
        "isRemoved": item("is_removed"),
        "originalPriceSet": money(lambda line: line.original_amount),
        "discountedPriceSet": money(lambda line: line.discounted_amount),
        "taxLines": _taxes,
    },
    "Refund": {
        "id": _id("Refund", "refund_id"),
        "createdAt": _item_at("created_at"),
        "processedAt": _item_at("processed_at"),
        "updatedAt": _item_at("created_at"),
        "totalRefundedSet": money(lambda refund: refund.total_refunded),
        "refundLineItems": of_part("lines"),
        "refundShippingLines": of_part("shipping_lines"),
        "orderAdjustments": of_part("adjustments"),
    },
    "RefundLineItem": {
        "id": _id("RefundLineItem", "refund_line_id"),
        "lineItem": _reference("LineItem", "line_id"),
        "quantity": item("quantity"),
        "restockType": item("restock_type"),
        "subtotalSet": money(lambda line: line.subtotal),
        "totalTaxSet": money(lambda line: line.total_tax),
    },
    "RefundShippingLine": {
        "id": _id("RefundShippingLine", "refund_shipping_line_id"),
        "shippingLine": _reference("ShippingLine", "shipping_line_id"),
        "subtotalAmountSet": money(lambda line: line.subtotal),
        "taxAmountSet": money(lambda line: line.tax_amount),
    },
    "WebhookSubscription": {
        "id": lambda kept: kept["id"],
        "topic": lambda kept: kept["topic"],
        "uri": lambda kept: kept["uri"],
        "format": lambda kept: kept["format"],
    },
    "OrderAdjustment": {
        "id": _id("OrderAdjustment", "adjustment_id"),
        "reason": item("reason"),
        "amountSet": money(lambda adjustment: adjustment.amount),
        "taxAmountSet": money(lambda adjustment: adjustment.tax_amount),
    },
}


def _price(shop: Shop, minor: int) -> str:
    return str(shop.money(minor))


def read(type_name: str, field_name: str) -> Resolver:
    """The reader of a field; of an object known by reference there is only the id."""
    resolve = FIELDS[type_name][field_name]
    if field_name != "id":
        return resolve
    return lambda thing: (
        gid(thing.kind, thing.number) if isinstance(thing, Reference) else resolve(thing)
    )
