"""The JSON Shopify answers, typed: what the reader of a batch insists on, field by field."""

import pyarrow as pa

from hotdash.connectors.shopify.kinds import COUNT, FLAG, INSTANT, MONEY, TEXT

_AMOUNT = pa.struct([("amount", MONEY), ("currencyCode", TEXT)])
_MONEY_BAG = pa.struct([("shopMoney", pa.struct([("amount", MONEY)]))])
_NODE = pa.struct([("id", TEXT)])
_TAXES = pa.list_(pa.struct([("title", TEXT), ("rate", pa.float64()), ("priceSet", _MONEY_BAG)]))
_DISCOUNT_FIELDS = [
    ("__typename", TEXT),
    ("index", COUNT),
    ("allocationMethod", TEXT),
    ("targetType", TEXT),
    ("targetSelection", TEXT),
    ("code", TEXT),
    ("title", TEXT),
    (
        "value",
        pa.struct([("__typename", TEXT), ("amount", MONEY), ("percentage", pa.float64())]),
    ),
]
_ALLOCATIONS = pa.list_(
    pa.struct(
        [("allocatedAmountSet", _MONEY_BAG), ("discountApplication", pa.struct(_DISCOUNT_FIELDS))]
    )
)
_TRANSACTIONS = pa.list_(
    pa.struct(
        [
            ("id", TEXT),
            ("kind", TEXT),
            ("status", TEXT),
            ("gateway", TEXT),
            ("test", FLAG),
            ("createdAt", INSTANT),
            ("processedAt", INSTANT),
            ("parentTransaction", _NODE),
            (
                "amountSet",
                pa.struct([("shopMoney", _AMOUNT)]),
            ),
            ("fees", pa.list_(pa.struct([("amount", _AMOUNT)]))),
        ]
    )
)
_SHIPMENTS = pa.list_(pa.struct([("id", TEXT), ("updatedAt", INSTANT)]))

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
        ("email", TEXT),
        ("totalPriceSet", _MONEY_BAG),
        ("totalTaxSet", _MONEY_BAG),
        ("totalShippingPriceSet", _MONEY_BAG),
        ("totalDiscountsSet", _MONEY_BAG),
        ("totalRefundedSet", _MONEY_BAG),
        ("originalTotalDutiesSet", _MONEY_BAG),
        ("totalTipReceivedSet", _MONEY_BAG),
        ("closedAt", INSTANT),
        ("cancelReason", TEXT),
        ("sourceName", TEXT),
        ("tags", pa.list_(TEXT)),
        ("returnStatus", TEXT),
        ("shippingAddress", pa.struct([("countryCodeV2", TEXT), ("provinceCode", TEXT)])),
        ("transactions", _TRANSACTIONS),
        ("fulfillments", _SHIPMENTS),
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
        ("discountAllocations", _ALLOCATIONS),
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
        (
            "defaultEmailAddress",
            pa.struct(
                [
                    ("emailAddress", TEXT),
                    ("marketingState", TEXT),
                    ("marketingUpdatedAt", INSTANT),
                ]
            ),
        ),
        ("createdAt", INSTANT),
        ("updatedAt", INSTANT),
        ("numberOfOrders", TEXT),
        ("amountSpent", pa.struct([("amount", MONEY)])),
        ("state", TEXT),
        ("tags", pa.list_(TEXT)),
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
        ("category", pa.struct([("fullName", TEXT)])),
        ("tags", pa.list_(TEXT)),
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
        ("inventoryItem", _NODE),
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

DISCOUNT = pa.schema([PARENT, *_DISCOUNT_FIELDS])

RETURN = pa.schema(
    [
        ("id", TEXT),
        PARENT,
        ("name", TEXT),
        ("status", TEXT),
        ("totalQuantity", COUNT),
        ("createdAt", INSTANT),
        ("requestApprovedAt", INSTANT),
        ("closedAt", INSTANT),
    ]
)

RETURN_LINE = pa.schema(
    [
        ("id", TEXT),
        PARENT,
        ORDER_OF_REFUND,
        ("quantity", COUNT),
        ("processedQuantity", COUNT),
        ("refundedQuantity", COUNT),
        ("returnReasonDefinition", pa.struct([("handle", TEXT)])),
        ("fulfillmentLineItem", pa.struct([("lineItem", _NODE)])),
    ]
)

FULFILLMENT = pa.schema(
    [
        ("id", TEXT),
        ("name", TEXT),
        ("order", _NODE),
        ("status", TEXT),
        ("displayStatus", TEXT),
        ("totalQuantity", COUNT),
        ("createdAt", INSTANT),
        ("updatedAt", INSTANT),
        ("inTransitAt", INSTANT),
        ("deliveredAt", INSTANT),
        ("estimatedDeliveryAt", INSTANT),
        ("location", _NODE),
        ("trackingInfo", pa.list_(pa.struct([("company", TEXT), ("number", TEXT)]))),
    ]
)

FULFILLMENT_LINE = pa.schema([("id", TEXT), PARENT, ("lineItem", _NODE), ("quantity", COUNT)])

FULFILLMENT_EVENT = pa.schema(
    [
        ("id", TEXT),
        PARENT,
        ("status", TEXT),
        ("happenedAt", INSTANT),
        ("createdAt", INSTANT),
        ("estimatedDeliveryAt", INSTANT),
    ]
)

_SUMMARY = [
    ("ready", FLAG),
    ("daysToConversion", COUNT),
    ("momentsCount", pa.struct([("count", COUNT)])),
]
JOURNEY = pa.schema(
    [("id", TEXT), ("createdAt", INSTANT), ("customerJourneySummary", pa.struct(_SUMMARY))]
)

_UTM = [(name, TEXT) for name in ("source", "medium", "campaign", "content", "term")]
VISIT = pa.schema(
    [
        ("id", TEXT),
        PARENT,
        ("occurredAt", INSTANT),
        ("source", TEXT),
        ("sourceType", TEXT),
        ("sourceDescription", TEXT),
        ("referrerUrl", TEXT),
        ("referralCode", TEXT),
        ("landingPage", TEXT),
        ("utmParameters", pa.struct(_UTM)),
    ]
)

LOCATION = pa.schema(
    [
        ("id", TEXT),
        ("name", TEXT),
        ("isActive", FLAG),
        ("fulfillsOnlineOrders", FLAG),
        ("address", pa.struct([("countryCode", TEXT), ("provinceCode", TEXT)])),
        ("createdAt", INSTANT),
        ("updatedAt", INSTANT),
    ]
)

ITEM = pa.schema(
    [
        ("id", TEXT),
        ("sku", TEXT),
        ("tracked", FLAG),
        ("requiresShipping", FLAG),
        ("unitCost", pa.struct([("amount", MONEY), ("currencyCode", TEXT)])),
        ("countryCodeOfOrigin", TEXT),
        ("createdAt", INSTANT),
        ("updatedAt", INSTANT),
    ]
)

LEVEL = pa.schema(
    [
        ("item", _NODE),
        ("location", _NODE),
        ("isActive", FLAG),
        ("createdAt", INSTANT),
        ("updatedAt", INSTANT),
        ("quantities", pa.list_(pa.struct([("name", TEXT), ("quantity", COUNT)]))),
    ]
)

# The rows of a bulk file lie mixed, so its reader knows the fields of all that it can hold.
BULK_ORDERS = pa.unify_schemas(
    [
        ORDER,
        LINE,
        SHIPPING_LINE,
        DISCOUNT,
        pa.schema([("refunds", pa.list_(_NODE))]),
    ]
)
BULK_PRODUCTS = pa.unify_schemas([PRODUCT, VARIANT])
BULK_CUSTOMERS = CUSTOMER
BULK_FULFILLMENTS = pa.unify_schemas([FULFILLMENT, FULFILLMENT_LINE, FULFILLMENT_EVENT])
BULK_SHIPMENTS = pa.schema([("id", TEXT), ("fulfillments", _SHIPMENTS)])
BULK_JOURNEYS = pa.unify_schemas([JOURNEY, VISIT])
BULK_INVENTORY = pa.unify_schemas([ITEM, LEVEL, pa.schema([PARENT])])
