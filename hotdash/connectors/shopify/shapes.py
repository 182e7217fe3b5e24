"""The JSON Shopify answers, typed: what the reader of a batch insists on, field by field."""

import pyarrow as pa

from hotdash.connectors.shopify.tables import COUNT, FLAG, INSTANT, MONEY, TEXT

_MONEY_BAG = pa.struct([("shopMoney", pa.struct([("amount", MONEY)]))])
_NODE = pa.struct([("id", TEXT)])
_TAXES = pa.list_(pa.struct([("rate", pa.float64()), ("priceSet", _MONEY_BAG)]))
_ALLOCATIONS = pa.list_(pa.struct([("allocatedAmountSet", _MONEY_BAG)]))

PARENT = ("__parentId", TEXT)
ORDER_OF_REFUND = ("__orderId", TEXT)

ORDER = pa.schema(
    [
        ("id", TEXT),
        ("name", TEXT),
        ("createdAt", INSTANT),
        ("processedAt", INSTANT),
        ("updatedAt", INSTANT),
        ("cancelledAt", INSTANT),
        ("displayFinancialStatus", TEXT),
        ("displayFulfillmentStatus", TEXT),
        ("test", FLAG),
        ("currencyCode", TEXT),
        ("presentmentCurrencyCode", TEXT),
        ("taxesIncluded", FLAG),
        ("customer", _NODE),
        ("totalPriceSet", _MONEY_BAG),
        ("totalTaxSet", _MONEY_BAG),
        ("totalShippingPriceSet", _MONEY_BAG),
        ("totalDiscountsSet", _MONEY_BAG),
        ("totalRefundedSet", _MONEY_BAG),
    ]
)

LINE = pa.schema(
    [
        ("id", TEXT),
        PARENT,
        ("sku", TEXT),
        ("title", TEXT),
        ("quantity", COUNT),
        ("currentQuantity", COUNT),
        ("isGiftCard", FLAG),
        ("product", _NODE),
        ("variant", _NODE),
        ("originalUnitPriceSet", _MONEY_BAG),
        ("originalTotalSet", _MONEY_BAG),
        ("discountAllocations", _ALLOCATIONS),
        ("taxLines", _TAXES),
    ]
)

SHIPPING_LINE = pa.schema(
    [
        ("id", TEXT),
        PARENT,
        ("title", TEXT),
        ("isRemoved", FLAG),
        ("originalPriceSet", _MONEY_BAG),
        ("discountedPriceSet", _MONEY_BAG),
        ("taxLines", _TAXES),
    ]
)

REFUND = pa.schema(
    [
        ("id", TEXT),
        PARENT,
        ("createdAt", INSTANT),
        ("processedAt", INSTANT),
        ("updatedAt", INSTANT),
        ("totalRefundedSet", _MONEY_BAG),
    ]
)

REFUND_LINE = pa.schema(
    [
        ("id", TEXT),
        PARENT,
        ORDER_OF_REFUND,
        ("lineItem", _NODE),
        ("quantity", COUNT),
        ("restockType", TEXT),
        ("subtotalSet", _MONEY_BAG),
        ("totalTaxSet", _MONEY_BAG),
    ]
)

REFUND_SHIPPING_LINE = pa.schema(
    [
        ("id", TEXT),
        PARENT,
        ORDER_OF_REFUND,
        ("subtotalAmountSet", _MONEY_BAG),
        ("taxAmountSet", _MONEY_BAG),
    ]
)

ADJUSTMENT = pa.schema(
    [
        ("id", TEXT),
        PARENT,
        ORDER_OF_REFUND,
        ("reason", TEXT),
        ("amountSet", _MONEY_BAG),
        ("taxAmountSet", _MONEY_BAG),
    ]
)

CUSTOMER = pa.schema(
    [
        ("id", TEXT),
        ("firstName", TEXT),
        ("lastName", TEXT),
        ("defaultEmailAddress", pa.struct([("emailAddress", TEXT)])),
        ("createdAt", INSTANT),
        ("updatedAt", INSTANT),
    ]
)

PRODUCT = pa.schema(
    [
        ("id", TEXT),
        ("title", TEXT),
        ("handle", TEXT),
        ("productType", TEXT),
        ("vendor", TEXT),
        ("status", TEXT),
        ("createdAt", INSTANT),
        ("updatedAt", INSTANT),
    ]
)

VARIANT = pa.schema(
    [
        ("id", TEXT),
        PARENT,
        ("sku", TEXT),
        ("title", TEXT),
        ("price", MONEY),
        ("createdAt", INSTANT),
        ("updatedAt", INSTANT),
    ]
)

SHOP = pa.schema(
    [
        ("id", TEXT),
        ("name", TEXT),
        ("myshopifyDomain", TEXT),
        ("ianaTimezone", TEXT),
        ("currencyCode", TEXT),
        ("taxesIncluded", FLAG),
        ("plan", pa.struct([("publicDisplayName", TEXT)])),
        ("createdAt", INSTANT),
    ]
)

# The rows of a bulk file lie mixed, so its reader knows the fields of all that it can hold.
BULK_ORDERS = pa.unify_schemas(
    [
        ORDER,
        LINE,
        SHIPPING_LINE,
        pa.schema([("refunds", pa.list_(_NODE))]),
    ]
)
BULK_PRODUCTS = pa.unify_schemas([PRODUCT, VARIANT])
BULK_CUSTOMERS = CUSTOMER
