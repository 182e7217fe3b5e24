"""How the fields of orders and all that belongs to a version of them are read off the world."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from hotdash.simulators.buyers import email_of
from hotdash.simulators.journeys import Visit, journey_of, known_at
from hotdash.simulators.orders import RATE_SCALE, Order
from hotdash.simulators.payments import payments_of
from hotdash.simulators.returns import reason_of, return_status_of, returns_of
from hotdash.simulators.shipping import parcels_of
from hotdash.simulators.shopify.values import (
    Amount,
    Discount,
    Packed,
    Part,
    Percentage,
    Reference,
    Resolver,
    ReturnedLine,
    Standing,
    Standpoint,
    amount,
    gid,
    item,
    item_at,
    item_id,
    money,
    of_order,
    of_part,
    order_money,
    own,
    own_at,
    own_id,
    reference,
)

_CITY_TAX_ABOVE = 62_500
_DAY = 86_400
_REGIONS = {
    "us": (("US", "TX"), ("US", "CA"), ("US", "FL"), ("US", "OH"), ("CA", "ON")),
    "jp": (("JP", "JP-13"), ("JP", "JP-14"), ("JP", "JP-27")),
    "de": (("DE", None), ("DE", None), ("DE", None), ("AT", None)),
}
_SOURCES = {
    "(direct)": "direct",
    "google": "Google",
    "facebook": "Facebook",
    "instagram": "Instagram",
    "bing": "Bing",
}
_TACTICS = {
    "organic": "SEO",
    "cpc": "AD",
    "paid_social": "AD",
    "email": "NEWSLETTER",
    "social": "POST",
    "referral": "LINK",
}


class Tax(NamedTuple):
    title: str
    rate: float
    price: Amount


class Allocation(NamedTuple):
    amount: Amount
    application: Discount


class Journey(NamedTuple):
    """What Shopify knows of the visits before an order at some instant."""

    order: Order
    ready: bool
    visits: tuple[Visit, ...]

    @property
    def days(self) -> int | None:
        if not self.visits:
            return None
        return (self.order.created_at - self.visits[0].at) // _DAY


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


def applications_of(order: Order) -> list[Discount]:
    """A code over all, a bundle where lines have their discount from two, and free shipping."""
    found: list[Discount] = []
    lines = [line for line in order.lines if line.discount_total]
    if lines:
        largest = max(lines, key=lambda line: line.original_total)
        percent = -(-largest.discount_total * 100 // largest.original_total)
        found.append(_code(percent))
    bundled = sum(line.discount_total - line.discount_total // 2 for line in lines if _in_two(line))
    if bundled:
        value = amount(order.shop, bundled)
        found.append(_automatic(len(found), "Bundle", "LINE_ITEM", value))
    if any(line.original_amount > line.discounted_amount for line in order.shipping_lines):
        value = Percentage(100.0)
        found.append(_automatic(len(found), "Free shipping", "SHIPPING_LINE", value))
    return found


def _code(percent: int) -> Discount:
    value = Percentage(float(percent))
    code = f"BUILD{percent}"
    return Discount("DiscountCodeApplication", 0, code, "ACROSS", "ALL", "LINE_ITEM", value)


def _automatic(index: int, title: str, target: str, value: Amount | Percentage) -> Discount:
    kind = "AutomaticDiscountApplication"
    return Discount(kind, index, title, "EACH", "ENTITLED", target, value)


def _in_two(line: Any) -> bool:
    """Every third discounted line has its discount from two applications."""
    return line.line_id % 3 == 0


def allocations_of(part: Part) -> list[Allocation]:
    total = part.item.discount_total
    if not total:
        return []
    code, *others = applications_of(part.order)
    if not _in_two(part.item):
        return [Allocation(amount(part.order.shop, total), code)]
    half = total // 2
    return [
        Allocation(amount(part.order.shop, half), code),
        Allocation(amount(part.order.shop, total - half), others[0]),
    ]


def shipping_allocations_of(part: Part) -> list[Allocation]:
    waived = part.item.original_amount - part.item.discounted_amount
    if not waived:
        return []
    return [Allocation(amount(part.order.shop, waived), applications_of(part.order)[-1])]


def _customer(order: Order) -> Reference | None:
    return None if order.customer_id is None else Reference("Customer", order.customer_id)


def cancel_reason_of(order: Order) -> str | None:
    if order.cancelled_at is None:
        return None
    return "DECLINED" if order.event == "voided" else "CUSTOMER"


def source_name_of(order: Order) -> str:
    return "shopify_draft_order" if order.order_id // 1000 % 40 == 0 else "web"


def region_of(order: Order) -> tuple[str, str | None] | None:
    """Where it goes; some orders are picked up."""
    number = order.order_id // 1000
    regions = _REGIONS[order.shop.locale]
    return None if number % 30 == 9 else regions[number * 7 % len(regions)]


def _journey(order: Order, at: Standpoint) -> Journey:
    ready = known_at(order) <= at.now
    return Journey(order, ready, journey_of(order) if ready else ())


def _count(count: int) -> dict[str, Any]:
    return {"count": count, "precision": "EXACT"}


def _utm(part: Part) -> dict[str, str] | None:
    return part.item.utm or None


def _utm_part(name: str) -> Resolver:
    return lambda utm: utm.get(f"utm_{name}")


_DISCOUNT: Mapping[str, Resolver] = {
    "index": own("place"),
    "allocationMethod": own("method"),
    "targetSelection": own("selection"),
    "targetType": own("target"),
    "value": own("value"),
}
_RETURN_LINE: Mapping[str, Resolver] = {
    "id": lambda part: gid("ReturnLineItem", part.item.number),
    "quantity": lambda part: part.item.line.quantity,
    "processedQuantity": lambda part: part.item.line.quantity,
    "refundedQuantity": lambda part: part.item.line.quantity,
    "returnReasonDefinition": lambda part: reason_of(part.item.line),
}

ORDER_FIELDS: Mapping[str, Mapping[str, Resolver]] = {
    "TaxLine": {"title": own("title"), "rate": own("rate"), "priceSet": own("price")},
    "DiscountAllocation": {
        "allocatedAmountSet": own("amount"),
        "discountApplication": own("application"),
    },
    "DiscountApplication": _DISCOUNT,
    "DiscountCodeApplication": {**_DISCOUNT, "code": own("label")},
    "AutomaticDiscountApplication": {**_DISCOUNT, "title": own("label")},
    "ManualDiscountApplication": {**_DISCOUNT, "title": own("label")},
    "ScriptDiscountApplication": {**_DISCOUNT, "title": own("label")},
    "PricingPercentageValue": {"percentage": own("percentage")},
    "MailingAddress": {
        "id": lambda region: f"gid://shopify/MailingAddress/{len(region[0])}",
        "countryCodeV2": lambda region: region[0],
        "provinceCode": lambda region: region[1],
    },
    "OrderTransaction": {
        "id": item_id("OrderTransaction", "payment_id"),
        "kind": item("kind"),
        "status": item("status"),
        "gateway": item("gateway"),
        "test": lambda part: part.order.is_test,
        "amountSet": money(lambda payment: payment.amount),
        "createdAt": item_at("at"),
        "processedAt": item_at("at"),
        "parentTransaction": reference("OrderTransaction", "parent_id"),
        "fees": lambda part: [part] if part.item.fee else [],
    },
    "TransactionFee": {
        "id": item_id("TransactionFee", "payment_id"),
        "type": lambda _part: "processing_fee",
        "amount": money(lambda payment: payment.fee),
    },
    "Return": {
        "id": item_id("Return", "return_id"),
        "name": item("name"),
        "status": item("status"),
        "createdAt": item_at("created_at"),
        "requestApprovedAt": item_at("created_at"),
        "closedAt": item_at("closed_at"),
        "totalQuantity": item("quantity"),
        "returnLineItems": lambda part: [
            Part(part.order, ReturnedLine(line, line.refund_line_id)) for line in part.item.lines
        ],
    },
    "ReturnLineItemType": _RETURN_LINE,
    "ReturnLineItem": {
        **_RETURN_LINE,
        "fulfillmentLineItem": lambda part: Part(
            part.order, Packed(part.item.line.line_id, part.item.line.quantity)
        ),
    },
    "ReturnReasonDefinition": {
        "id": lambda reason: gid("ReturnReasonDefinition", len(reason)),
        "handle": lambda reason: reason,
        "name": lambda reason: reason.replace("-", " ").capitalize(),
    },
    "CustomerJourneySummary": {
        "ready": own("ready"),
        "daysToConversion": own("days"),
        "momentsCount": lambda journey: _count(len(journey.visits)),
        "moments": lambda journey: [Part(journey.order, each) for each in journey.visits],
    },
    "CustomerMoment": {"occurredAt": item_at("at")},
    "CustomerVisit": {
        "id": item_id("CustomerVisit", "visit_id"),
        "occurredAt": item_at("at"),
        "source": lambda part: _SOURCES.get(part.item.source, part.item.source),
        "sourceType": lambda part: _TACTICS.get(part.item.medium),
        "sourceDescription": lambda part: (
            f"{part.item.source} {part.item.medium}" if part.item.medium in _TACTICS else None
        ),
        "referrerUrl": item("referrer"),
        "referralCode": lambda _part: None,
        "landingPage": lambda part: part.item.url(part.order.shop),
        "utmParameters": _utm,
    },
    "UTMParameters": {
        name: _utm_part(name) for name in ("source", "medium", "campaign", "content", "term")
    },
    "Count": {"count": lambda count: count["count"], "precision": lambda count: count["precision"]},
    "Order": {
        "id": own_id("Order", "order_id"),
        "name": own("name"),
        "createdAt": own_at("created_at"),
        "processedAt": own_at("processed_at"),
        "updatedAt": own_at("updated_at"),
        "cancelledAt": own_at("cancelled_at"),
        "displayFinancialStatus": own("financial_status"),
        "displayFulfillmentStatus": own("fulfillment_status"),
        "test": own("is_test"),
        "currencyCode": lambda order: order.shop.currency,
        "presentmentCurrencyCode": own("presentment_currency"),
        "taxesIncluded": lambda order: order.shop.taxes_included,
        "customer": _customer,
        "email": email_of,
        "totalPriceSet": order_money(lambda order: order.total_price),
        "totalTaxSet": order_money(lambda order: order.total_tax),
        "totalShippingPriceSet": order_money(lambda order: order.total_shipping),
        "totalDiscountsSet": order_money(lambda order: order.total_discounts),
        "totalRefundedSet": order_money(lambda order: order.total_refunded),
        "originalTotalDutiesSet": lambda _order: None,
        "totalTipReceivedSet": order_money(lambda _order: 0),
        "lineItems": of_order(lambda order: order.lines),
        "shippingLines": of_order(lambda order: order.shipping_lines),
        "refunds": of_order(lambda order: order.refunds),
        "closedAt": own_at("fulfilled_at"),
        "cancelReason": cancel_reason_of,
        "sourceName": source_name_of,
        "tags": own("tags"),
        "returnStatus": lambda order: return_status_of(returns_of(order)),
        "shippingAddress": region_of,
        "discountApplications": applications_of,
        "transactions": of_order(payments_of),
        "returns": of_order(returns_of),
    },
    "LineItem": {
        "id": item_id("LineItem", "line_id"),
        "sku": item("sku"),
        "title": item("title"),
        "quantity": item("quantity"),
        "currentQuantity": item("current_quantity"),
        "isGiftCard": item("is_gift_card"),
        "product": reference("Product", "product_id"),
        "variant": reference("ProductVariant", "variant_id"),
        "originalUnitPriceSet": money(lambda line: line.unit_price),
        "originalTotalSet": money(lambda line: line.original_total),
        "discountAllocations": allocations_of,
        "taxLines": _taxes,
    },
    "ShippingLine": {
        "id": item_id("ShippingLine", "shipping_line_id"),
        "title": item("title"),
        "isRemoved": item("is_removed"),
        "originalPriceSet": money(lambda line: line.original_amount),
        "discountedPriceSet": money(lambda line: line.discounted_amount),
        "discountAllocations": shipping_allocations_of,
        "taxLines": _taxes,
    },
    "Refund": {
        "id": item_id("Refund", "refund_id"),
        "createdAt": item_at("created_at"),
        "processedAt": item_at("processed_at"),
        "updatedAt": item_at("created_at"),
        "totalRefundedSet": money(lambda refund: refund.total_refunded),
        "refundLineItems": of_part("lines"),
        "refundShippingLines": of_part("shipping_lines"),
        "orderAdjustments": of_part("adjustments"),
    },
    "RefundLineItem": {
        "id": item_id("RefundLineItem", "refund_line_id"),
        "lineItem": reference("LineItem", "line_id"),
        "quantity": item("quantity"),
        "restockType": item("restock_type"),
        "subtotalSet": money(lambda line: line.subtotal),
        "totalTaxSet": money(lambda line: line.total_tax),
    },
    "RefundShippingLine": {
        "id": item_id("RefundShippingLine", "refund_shipping_line_id"),
        "shippingLine": reference("ShippingLine", "shipping_line_id"),
        "subtotalAmountSet": money(lambda line: line.subtotal),
        "taxAmountSet": money(lambda line: line.tax_amount),
    },
    "OrderAdjustment": {
        "id": item_id("OrderAdjustment", "adjustment_id"),
        "reason": item("reason"),
        "amountSet": money(lambda adjustment: adjustment.amount),
        "taxAmountSet": money(lambda adjustment: adjustment.tax_amount),
    },
}

STANDING_ORDER_FIELDS: Mapping[tuple[str, str], Standing] = {
    ("Order", "fulfillments"): lambda order, at: parcels_of(order, at.now, at.incidents),
    ("Order", "customerJourneySummary"): _journey,
}
