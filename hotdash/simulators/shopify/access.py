"""Which access scope each type or field needs; any one of those named opens it."""

from collections.abc import Iterable, Iterator, Mapping

from hotdash.simulators.shopify.documents import Document, Selected

Scopes = frozenset[str]

_FULFILLMENT_ORDERS = frozenset(
    {
        "read_assigned_fulfillment_orders",
        "read_marketplace_fulfillment_orders",
        "read_merchant_managed_fulfillment_orders",
        "read_third_party_fulfillment_orders",
    }
)
_ORDERS = frozenset({"read_orders", "read_marketplace_orders"})
_RETURNS = frozenset({"read_returns", "read_marketplace_returns"})
_REPORTS = frozenset({"read_reports"})
_INVENTORY = frozenset({"read_inventory"})
_LOCATIONS = frozenset({"read_locations"})

TYPES: Mapping[str, Scopes] = {
    **dict.fromkeys(
        (
            "OrderTransaction",
            "CustomerJourneySummary",
            "CustomerMoment",
            "CustomerVisit",
            "FulfillmentLineItem",
            "LineItem",
            "Refund",
            "RefundLineItem",
            "RefundShippingLine",
            "OrderAdjustment",
        ),
        _ORDERS,
    ),
    "Order": _ORDERS | {"read_quick_sale"},
    **dict.fromkeys(("TransactionFee", "FulfillmentEvent"), frozenset({"read_orders"})),
    **dict.fromkeys(("Customer", "CustomerEmailAddress"), frozenset({"read_customers"})),
    **dict.fromkeys(("Product", "ProductVariant"), frozenset({"read_products"})),
    **dict.fromkeys(("Return", "ReturnLineItemType", "ReturnLineItem"), _RETURNS),
    "ReturnReasonDefinition": frozenset({"read_returns"}),
    **dict.fromkeys(("Fulfillment", "FulfillmentTrackingInfo"), _ORDERS | _FULFILLMENT_ORDERS),
    "FulfillmentOrder": _FULFILLMENT_ORDERS,
    "InventoryItem": frozenset({"read_inventory", "read_products"}),
    **dict.fromkeys(("InventoryLevel", "InventoryQuantity"), _INVENTORY),
    "Location": frozenset({"read_inventory", "read_locations", "read_markets_home"}),
    **dict.fromkeys(
        ("ShopifyqlQueryResponse", "ShopifyqlTableData", "ShopifyqlTableDataColumn"), _REPORTS
    ),
}
FIELDS: Mapping[str, Scopes] = {
    "QueryRoot.fulfillmentOrders": _FULFILLMENT_ORDERS,
    "QueryRoot.ordersCount": _ORDERS,
    "QueryRoot.shopifyqlQuery": _REPORTS,
    "InventoryItem.inventoryLevels": _INVENTORY,
    "Location.name": frozenset({"read_locations", "read_markets_home"}),
    **dict.fromkeys(
        (
            "Location.address",
            "Location.createdAt",
            "Location.fulfillsOnlineOrders",
            "Location.inventoryLevels",
            "Location.isActive",
            "Location.updatedAt",
        ),
        _LOCATIONS,
    ),
}
ALL_SCOPES: Scopes = frozenset(
    {
        "read_all_orders",
        "read_assigned_fulfillment_orders",
        "read_customers",
        "read_fulfillments",
        "read_inventory",
        "read_locations",
        "read_merchant_managed_fulfillment_orders",
        "read_orders",
        "read_products",
        "read_reports",
        "read_returns",
        "read_third_party_fulfillment_orders",
    }
)


def refusals(asked: Document, granted: Iterable[str]) -> list[str]:
    """What the query selects and may not read, in the order it is met."""
    scopes = frozenset(granted)
    return [
        field.name
        for root in asked.roots()
        for field in _all(asked, root)
        if (needed := _needed(field)) and not needed & scopes
    ]


def _all(asked: Document, field: Selected) -> Iterator[Selected]:
    yield field
    for each in asked.under(field):
        yield from _all(asked, each)


def _needed(field: Selected) -> Scopes:
    own = FIELDS.get(f"{field.owner}.{field.name}")
    return TYPES.get(field.owner, frozenset()) if own is None else own
