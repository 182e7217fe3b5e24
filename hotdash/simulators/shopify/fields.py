"""How each field of each type is read off the world; execution and bulk export share this one table."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from hotdash.simulators.orders import Product, Shop
from hotdash.simulators.shopify.order_fields import ORDER_FIELDS, STANDING_ORDER_FIELDS
from hotdash.simulators.shopify.shipment_fields import SHIPMENT_FIELDS
from hotdash.simulators.shopify.stock_fields import STOCK_FIELDS
from hotdash.simulators.shopify.values import (
    Part,
    Reference,
    Resolver,
    SoldVariant,
    Standing,
    Standpoint,
    amount,
    gid,
    own,
    own_at,
    own_id,
    typename_of,
    written,
)
from hotdash.simulators.stock import item_id_of

Arguments = Mapping[str, Any]

_CATEGORY = "Vehicles & Parts > Vehicle Parts & Accessories > {}"


def _category(product: Product) -> Product | None:
    """Some nobody has put into Shopify's taxonomy."""
    return None if product.product_id % 8 == 0 else product


FIELDS: Mapping[str, Mapping[str, Resolver]] = {
    "MoneyBag": {"shopMoney": lambda money: money},
    "MoneyV2": {"amount": lambda money: money.text, "currencyCode": lambda money: money.currency},
    "ShopPlan": {"publicDisplayName": lambda plan: plan},
    "CustomerEmailAddress": {
        "emailAddress": own("email"),
        "marketingState": own("marketing_state"),
        "marketingUpdatedAt": own_at("marketing_updated_at"),
    },
    "AppInstallation": {
        "id": lambda _scopes: gid("AppInstallation", 1),
        "accessScopes": lambda scopes: sorted(scopes),
    },
    "AccessScope": {"handle": lambda scope: scope, "description": lambda scope: scope},
    "ShopifyqlQueryResponse": {"parseErrors": own("errors"), "tableData": own("table")},
    "ShopifyqlTableData": {"columns": own("columns"), "rows": own("rows")},
    "ShopifyqlTableDataColumn": {
        "name": own("name"),
        "dataType": own("kind"),
        "displayName": own("title"),
    },
    "TaxonomyCategory": {
        "id": lambda product: f"gid://shopify/TaxonomyCategory/vp-{len(product.product_type)}",
        "fullName": lambda product: _CATEGORY.format(product.product_type),
    },
    "Shop": {
        "id": own_id("Shop", "vendor_id"),
        "name": own("name"),
        "myshopifyDomain": own("domain"),
        "ianaTimezone": own("timezone"),
        "currencyCode": own("currency"),
        "taxesIncluded": own("taxes_included"),
        "plan": own("plan"),
        "createdAt": lambda _shop: "2021-03-01T09:00:00Z",
    },
    "Customer": {
        "id": own_id("Customer", "customer_id"),
        "firstName": own("first_name"),
        "lastName": own("last_name"),
        "defaultEmailAddress": lambda customer: customer if customer.email else None,
        "state": own("state"),
        "tags": own("tags"),
        "createdAt": own_at("created_at"),
        "updatedAt": own_at("updated_at"),
    },
    "Product": {
        "id": own_id("Product", "product_id"),
        "title": own("title"),
        "handle": own("handle"),
        "productType": own("product_type"),
        "vendor": own("vendor"),
        "status": own("status"),
        "category": _category,
        "tags": own("tags"),
        "createdAt": own_at("created_at"),
        "updatedAt": own_at("updated_at"),
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
        "inventoryItem": lambda sold: Reference(
            "InventoryItem", item_id_of(sold.variant.variant_id)
        ),
    },
    "WebhookSubscription": {
        "id": lambda kept: kept["id"],
        "topic": lambda kept: kept["topic"],
        "uri": lambda kept: kept["uri"],
        "format": lambda kept: kept["format"],
    },
    **ORDER_FIELDS,
    **SHIPMENT_FIELDS,
    **STOCK_FIELDS,
}

# What depends on when it is asked, and not only on the version of the thing.
STANDING: Mapping[tuple[str, str], Standing] = {
    **STANDING_ORDER_FIELDS,
    ("Customer", "numberOfOrders"): lambda customer, at: str(at.spent(customer.customer_id)[0]),
    ("Customer", "amountSpent"): lambda customer, at: amount(
        customer.shop, at.spent(customer.customer_id)[1]
    ),
}


def _price(shop: Shop, minor: int) -> str:
    return str(shop.money(minor))


def read(type_name: str, field_name: str, at: Standpoint) -> Resolver:
    """The reader of a field; of an object known by reference there is only the id."""
    if field_name == "__typename":
        return typename_of
    standing = STANDING.get((type_name, field_name))
    if standing is not None:
        return lambda thing: standing(thing, at)
    resolve = FIELDS[type_name][field_name]
    if field_name != "id":
        return resolve
    return lambda thing: (
        gid(thing.kind, thing.number) if isinstance(thing, Reference) else resolve(thing)
    )


def _shipping_lines(parts: Sequence[Part], arguments: Arguments) -> list[Part]:
    """Removed shipping lines are only told to who asks for them."""
    wanted = bool(arguments.get("includeRemovals"))
    return [part for part in parts if wanted or not part.item.is_removed]


def _quantities(quantities: Sequence[Any], arguments: Arguments) -> list[Any]:
    return [quantity for quantity in quantities if quantity.name in arguments["names"]]


# What the arguments of a list choose from it, beside the size of the page.
CHOICES: Mapping[str, Callable[[Sequence[Any], Arguments], Sequence[Any]]] = {
    "shippingLines": _shipping_lines,
    "quantities": _quantities,
}


def chosen(field_name: str, pieces: Sequence[Any], arguments: Arguments) -> Sequence[Any]:
    choose = CHOICES.get(field_name)
    return pieces if choose is None else choose(pieces, arguments)
