"""What Shopify needs to be connected, and how a shop is opened."""

from datetime import timedelta

from hotdash.connectors.shopify.client import VENDOR, ShopifyClient
from hotdash.connectors.shopify.connector import OVERLAP, ShopifyConnector
from hotdash.connectors.shopify.tables import TABLES
from hotdash.connectors.spec import Access, ConnectorSpec, CredentialField, Scope

API_VERSION = "2026-10"


def open_shopify(access: Access) -> ShopifyConnector:
    domain = access.fields["domain"]
    overlap = access.options.get("shopify_overlap_seconds")
    client = ShopifyClient(
        shop=domain,
        base_url=access.base_url(f"https://{domain}"),
        token=access.fields["access_token"],
        api_version=access.options.get("shopify_api_version", API_VERSION),
        observe=access.observe,
        policy=access.policy,
        sleep=access.sleep,
    )
    return ShopifyConnector(
        client,
        access.clock,
        overlap=OVERLAP if overlap is None else timedelta(seconds=int(overlap)),
        workdir=access.workdir,
    )


SPEC = ConnectorSpec(
    vendor=VENDOR,
    title="Shopify",
    tables=TABLES,
    open=open_shopify,
    fields=(
        CredentialField(
            "domain",
            "the shop's domain, your-shop.myshopify.com",
            "Use the one that ends in .myshopify.com; Settings → Domains in the admin shows it.",
        ),
        CredentialField(
            "access_token",
            "the app's Admin API access token",
            "Take it from the app's page in the Shopify admin.",
            secret=True,
        ),
    ),
    scopes=(
        Scope("read_orders", "orders, refunds and every number made of them"),
        Scope("read_all_orders", "orders older than 60 days"),
        Scope("read_customers", "customers, new against returning"),
        Scope("read_products", "products and variants"),
    ),
)
