"""Which scopes the app should have, what each missing one costs, and what it was granted."""

from collections.abc import Sequence

from hotdash.connectors.contract import MissingScope
from hotdash.connectors.shopify.client import ShopifyClient
from hotdash.connectors.shopify.queries import Scopes, query
from hotdash.connectors.spec import Scope

_BY_BULK = "the parcels of the first load in one export; without it they are asked for one by one"
FULFILLMENT_ORDERS: Scopes = frozenset(
    {"read_merchant_managed_fulfillment_orders", "read_third_party_fulfillment_orders"}
)
SCOPES: Sequence[Scope] = (
    Scope("read_orders", "orders, payments, refunds, shipments and every number made of them"),
    Scope("read_all_orders", "orders older than 60 days"),
    Scope("read_customers", "customers, new against returning"),
    Scope("read_products", "products and variants"),
    Scope("read_inventory", "stock: items, unit costs and levels"),
    Scope("read_locations", "where stock lies and parcels start"),
    Scope("read_returns", "returns and why goods came back"),
    Scope("read_fulfillments", "the word of a shipment's news as it happens; it comes hours later"),
    Scope("read_merchant_managed_fulfillment_orders", _BY_BULK),
    Scope("read_third_party_fulfillment_orders", _BY_BULK),
    Scope("read_reports", "Shopify's own sales report, which ours is held against"),
)


def granted(client: ShopifyClient) -> Scopes:
    """Who may write may read."""
    told = client.ask(query("AccessScopes"))["currentAppInstallation"]["accessScopes"]
    handles = {scope["handle"] for scope in told}
    return frozenset(
        handles | {f"read_{h.removeprefix('write_')}" for h in handles if h.startswith("write_")}
    )


def missing(scopes: Scopes) -> list[MissingScope]:
    return [MissingScope(each.name, each.costs) for each in SCOPES if each.name not in scopes]
