"""From a batch of Shopify's JSON to the columns of a raw table."""

from collections.abc import Mapping, Sequence

import pyarrow as pa

from hotdash.connectors.contract import RawTable
from hotdash.connectors.shopify import tables
from hotdash.connectors.shopify.arrow import compute
from hotdash.connectors.shopify.fees import fees_beside, fees_in
from hotdash.connectors.shopify.kinds import MONEY, RATE
from hotdash.connectors.shopify.readers import (
    ReadColumn,
    UnfitError,
    discount_type,
    discount_value,
    discount_value_type,
    either,
    email_hashed,
    field,
    first_of,
    money,
    named,
    number,
    owners_where,
    text_of,
    total,
    whole,
)
from hotdash.connectors.shopify.stock_tables import QUANTITIES
from hotdash.connectors.shopify.tables import required_columns

_CURRENCY = "amountSet.shopMoney.currencyCode"
_TAX_TOTAL = total("taxLines", "priceSet.shopMoney.amount", MONEY)

COLUMNS: Mapping[str, Mapping[str, ReadColumn]] = {
    tables.SHOPS.name: {
        "shopify_shop_id": number("id", "Shop"),
        "name": field("name"),
        "domain": field("myshopifyDomain"),
        "iana_timezone": field("ianaTimezone"),
        "currency": field("currencyCode"),
        "taxes_included": field("taxesIncluded"),
        "plan": field("plan.publicDisplayName"),
        "created_at": field("createdAt"),
    },
    tables.CUSTOMERS.name: {
        "customer_id": number("id", "Customer"),
        "email": field("defaultEmailAddress.emailAddress"),
        "first_name": field("firstName"),
        "last_name": field("lastName"),
        "created_at": field("createdAt"),
        "updated_at": field("updatedAt"),
        "orders_count": whole("numberOfOrders"),
        "amount_spent": field("amountSpent.amount"),
        "state": field("state"),
        "tags": text_of("tags"),
        "marketing_state": field("defaultEmailAddress.marketingState"),
        "marketing_updated_at": field("defaultEmailAddress.marketingUpdatedAt"),
    },
    tables.PRODUCTS.name: {
        "product_id": number("id", "Product"),
        "title": field("title"),
        "handle": field("handle"),
        "product_type": field("productType"),
        "vendor": field("vendor"),
        "status": field("status"),
        "created_at": field("createdAt"),
        "updated_at": field("updatedAt"),
        "category": field("category.fullName"),
        "tags": text_of("tags"),
    },
    tables.VARIANTS.name: {
        "variant_id": number("id", "ProductVariant"),
        "product_id": number("__parentId", "Product"),
        "sku": field("sku"),
        "title": field("title"),
        "price": field("price"),
        "created_at": field("createdAt"),
        "updated_at": field("updatedAt"),
        "inventory_item_id": number("inventoryItem.id", "InventoryItem"),
    },
    tables.ORDERS.name: {
        "order_id": number("id", "Order"),
        "name": field("name"),
        "created_at": field("createdAt"),
        "processed_at": field("processedAt"),
        "updated_at": field("updatedAt"),
        "cancelled_at": field("cancelledAt"),
        "financial_status": field("displayFinancialStatus"),
        "fulfillment_status": field("displayFulfillmentStatus"),
        "is_test": field("test"),
        "currency": field("currencyCode"),
        "presentment_currency": field("presentmentCurrencyCode"),
        "taxes_included": field("taxesIncluded"),
        "customer_id": number("customer.id", "Customer"),
        "total_price": money("totalPriceSet"),
        "total_tax": money("totalTaxSet"),
        "total_shipping": money("totalShippingPriceSet"),
        "total_discounts": money("totalDiscountsSet"),
        "total_refunded": money("totalRefundedSet"),
        "total_duties": money("originalTotalDutiesSet"),
        "total_tips": money("totalTipReceivedSet"),
        "closed_at": field("closedAt"),
        "cancel_reason": field("cancelReason"),
        "source_name": field("sourceName"),
        "tags": text_of("tags"),
        "return_status": field("returnStatus"),
        "ship_country": field("shippingAddress.countryCodeV2"),
        "ship_region": field("shippingAddress.provinceCode"),
        "email_hash": email_hashed("email"),
    },
    tables.ORDER_LINES.name: {
        "order_id": number("__parentId", "Order"),
        "line_id": number("id", "LineItem"),
        "product_id": number("product.id", "Product"),
        "variant_id": number("variant.id", "ProductVariant"),
        "sku": field("sku"),
        "title": field("title"),
        "quantity": field("quantity"),
        "current_quantity": field("currentQuantity"),
        "unit_price": money("originalUnitPriceSet"),
        "original_total": money("originalTotalSet"),
        "discount_total": total(
            "discountAllocations", "allocatedAmountSet.shopMoney.amount", MONEY
        ),
        "tax_total": _TAX_TOTAL,
        "tax_rate": total("taxLines", "rate", RATE),
        "is_gift_card": field("isGiftCard"),
    },
    tables.SHIPPING_LINES.name: {
        "order_id": number("__parentId", "Order"),
        "shipping_line_id": number("id", "ShippingLine"),
        "title": field("title"),
        "original_amount": money("originalPriceSet"),
        "discounted_amount": money("discountedPriceSet"),
        "tax_total": _TAX_TOTAL,
        "is_removed": field("isRemoved"),
    },
    tables.REFUNDS.name: {
        "order_id": number("__parentId", "Order"),
        "refund_id": number("id", "Refund"),
        "created_at": field("createdAt"),
        "processed_at": field("processedAt"),
        "updated_at": field("updatedAt"),
        "total_refunded": money("totalRefundedSet"),
    },
    tables.REFUND_LINES.name: {
        "order_id": number("__orderId", "Order"),
        "refund_id": number("__parentId", "Refund"),
        "refund_line_id": number("id", "RefundLineItem"),
        "line_id": number("lineItem.id", "LineItem"),
        "quantity": field("quantity"),
        "subtotal": money("subtotalSet"),
        "total_tax": money("totalTaxSet"),
        "restock_type": field("restockType"),
    },
    tables.REFUND_SHIPPING_LINES.name: {
        "order_id": number("__orderId", "Order"),
        "refund_id": number("__parentId", "Refund"),
        "refund_shipping_line_id": number("id", "RefundShippingLine"),
        "subtotal": money("subtotalAmountSet"),
        "tax_amount": money("taxAmountSet"),
    },
    tables.ORDER_ADJUSTMENTS.name: {
        "order_id": number("__orderId", "Order"),
        "refund_id": number("__parentId", "Refund"),
        "adjustment_id": number("id", "OrderAdjustment"),
        "amount": money("amountSet"),
        "tax_amount": money("taxAmountSet"),
        "reason": field("reason"),
    },
    tables.DISCOUNTS.name: {
        "order_id": number("__parentId", "Order"),
        "application_index": field("index"),
        "application_type": discount_type("__typename"),
        "label": either("code", "title"),
        "value_type": discount_value_type("value"),
        "value": discount_value("value"),
        "allocation_method": field("allocationMethod"),
        "target_type": field("targetType"),
        "target_selection": field("targetSelection"),
    },
    tables.ALLOCATIONS.name: {
        "order_id": field("order_id"),
        "on_shipping": field("on_shipping"),
        "line_id": field("line_id"),
        "place": field("place"),
        "application_index": field("discountApplication.index"),
        "application_type": discount_type("discountApplication.__typename"),
        "label": either("discountApplication.code", "discountApplication.title"),
        "value_type": discount_value_type("discountApplication.value"),
        "value": discount_value("discountApplication.value"),
        "amount": money("allocatedAmountSet"),
    },
    tables.TAX_LINES.name: {
        "order_id": field("order_id"),
        "on_shipping": field("on_shipping"),
        "line_id": field("line_id"),
        "place": field("place"),
        "title": field("title"),
        "rate": field("rate"),
        "amount": money("priceSet"),
    },
    tables.TRANSACTIONS.name: {
        "order_id": field("order_id"),
        "transaction_id": number("id", "OrderTransaction"),
        "parent_id": number("parentTransaction.id", "OrderTransaction"),
        "kind": field("kind"),
        "status": field("status"),
        "gateway": field("gateway"),
        "is_test": field("test"),
        "amount": money("amountSet"),
        "currency": field(_CURRENCY),
        "fee_amount": fees_in(_CURRENCY),
        "other_fees": fees_beside(_CURRENCY),
        "created_at": field("createdAt"),
        "processed_at": field("processedAt"),
    },
    tables.RETURNS.name: {
        "order_id": number("__parentId", "Order"),
        "return_id": number("id", "Return"),
        "name": field("name"),
        "status": field("status"),
        "quantity": field("totalQuantity"),
        "created_at": field("createdAt"),
        "approved_at": field("requestApprovedAt"),
        "closed_at": field("closedAt"),
    },
    tables.RETURN_LINES.name: {
        "order_id": number("__orderId", "Order"),
        "return_id": number("__parentId", "Return"),
        "return_line_id": number("id", "ReturnLineItem"),
        "line_id": number("fulfillmentLineItem.lineItem.id", "LineItem"),
        "quantity": field("quantity"),
        "processed_quantity": field("processedQuantity"),
        "refunded_quantity": field("refundedQuantity"),
        "reason": field("returnReasonDefinition.handle"),
    },
    tables.FULFILLMENTS.name: {
        "fulfillment_id": number("id", "Fulfillment"),
        "order_id": number("order.id", "Order"),
        "name": field("name"),
        "status": field("status"),
        "display_status": field("displayStatus"),
        "carrier": first_of("trackingInfo", "company"),
        "tracking_numbers": text_of("trackingInfo", "number"),
        "quantity": field("totalQuantity"),
        "location_id": number("location.id", "Location"),
        "created_at": field("createdAt"),
        "updated_at": field("updatedAt"),
        "in_transit_at": field("inTransitAt"),
        "delivered_at": field("deliveredAt"),
        "estimated_delivery_at": field("estimatedDeliveryAt"),
    },
    tables.FULFILLMENT_LINES.name: {
        "fulfillment_id": number("__parentId", "Fulfillment"),
        "fulfillment_line_id": number("id", "FulfillmentLineItem"),
        "line_id": number("lineItem.id", "LineItem"),
        "quantity": field("quantity"),
    },
    tables.FULFILLMENT_EVENTS.name: {
        "fulfillment_id": number("__parentId", "Fulfillment"),
        "event_id": number("id", "FulfillmentEvent"),
        "status": field("status"),
        "happened_at": field("happenedAt"),
        "created_at": field("createdAt"),
        "estimated_delivery_at": field("estimatedDeliveryAt"),
    },
    tables.JOURNEYS.name: {
        "order_id": number("id", "Order"),
        "order_created_at": field("createdAt"),
        "journey_ready": field("customerJourneySummary.ready"),
        "days_to_conversion": field("customerJourneySummary.daysToConversion"),
        "visits": field("customerJourneySummary.momentsCount.count"),
    },
    tables.VISITS.name: {
        "order_id": number("__parentId", "Order"),
        "visit_id": number("id", "CustomerVisit"),
        "occurred_at": field("occurredAt"),
        "source": field("source"),
        "source_type": field("sourceType"),
        "source_description": field("sourceDescription"),
        "referrer_url": field("referrerUrl"),
        "landing_page": field("landingPage"),
        "referral_code": field("referralCode"),
        "utm_source": field("utmParameters.source"),
        "utm_medium": field("utmParameters.medium"),
        "utm_campaign": field("utmParameters.campaign"),
        "utm_content": field("utmParameters.content"),
        "utm_term": field("utmParameters.term"),
    },
    tables.LOCATIONS.name: {
        "location_id": number("id", "Location"),
        "name": field("name"),
        "is_active": field("isActive"),
        "fulfills_online_orders": field("fulfillsOnlineOrders"),
        "country": field("address.countryCode"),
        "region": field("address.provinceCode"),
        "created_at": field("createdAt"),
        "updated_at": field("updatedAt"),
    },
    tables.INVENTORY_ITEMS.name: {
        "inventory_item_id": number("id", "InventoryItem"),
        "sku": field("sku"),
        "is_tracked": field("tracked"),
        "requires_shipping": field("requiresShipping"),
        "unit_cost": field("unitCost.amount"),
        "cost_currency": field("unitCost.currencyCode"),
        "origin_country": field("countryCodeOfOrigin"),
        "created_at": field("createdAt"),
        "updated_at": field("updatedAt"),
    },
    tables.INVENTORY_LEVELS.name: {
        "inventory_item_id": number("item.id", "InventoryItem"),
        "location_id": number("location.id", "Location"),
        "is_active": field("isActive"),
        **{name: named("quantities", name) for name in QUANTITIES},
        "created_at": field("createdAt"),
        "updated_at": field("updatedAt"),
    },
}


def fit(raw: RawTable, batch: pa.Table) -> pa.Table:
    """The batch as rows of this table, or the reason why not."""
    try:
        columns = [read(batch) for read in COLUMNS[raw.name].values()]
        fitted = pa.Table.from_arrays(columns, names=list(COLUMNS[raw.name])).cast(raw.schema)
    except pa.ArrowInvalid as error:
        raise UnfitError(str(error)) from error
    missing = [name for name in required_columns(raw) if fitted.column(name).null_count]
    if missing:
        raise UnfitError(_said(missing), _lacking(batch, fitted, missing))
    return fitted


def _lacking(batch: pa.Table, fitted: pa.Table, missing: Sequence[str]) -> dict[str, str]:
    """By entity what it alone would be told to lack."""
    lacking: dict[str, list[str]] = {}
    for name in missing:
        for owner in owners_where(batch, compute.is_null(fitted.column(name))):
            lacking.setdefault(owner, []).append(name)
    return {owner: _said(names) for owner, names in lacking.items()}


def _said(missing: Sequence[str]) -> str:
    return f"{', '.join(missing)} is missing"
