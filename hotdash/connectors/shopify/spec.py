"""What Shopify needs to be connected, and how a shop is opened."""

from datetime import timedelta

from hotdash.connectors.calling import Caller
from hotdash.connectors.shopify.access import SCOPES
from hotdash.connectors.shopify.client import VENDOR, ShopifyClient
from hotdash.connectors.shopify.connector import OVERLAP, ShopifyConnector
from hotdash.connectors.shopify.tables import TABLES
from hotdash.connectors.spec import Access, ConnectorSpec, CredentialField

API_VERSION = "2026-10"


def open_shopify(access: Access) -> ShopifyConnector:
    domain = access.fields["domain"]
    overlap = access.options.get("shopify_overlap_seconds")
    client = ShopifyClient(
        shop=domain,
        base_url=access.base_url(f"https://{domain}"),
        token=lambda: access.fields["access_token"],
        api_version=access.options.get("shopify_api_version", API_VERSION),
        caller=Caller.of(VENDOR, access),
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
    scopes=SCOPES,
)
