"""What Shopify needs to be connected, and how a shop is opened."""

from datetime import timedelta

from hotdash.connectors.calling import Caller
from hotdash.connectors.shopify.access import SCOPES
from hotdash.connectors.shopify.client import VENDOR, ShopifyClient
from hotdash.connectors.shopify.connector import OVERLAP, ShopifyConnector
from hotdash.connectors.shopify.tables import TABLES
from hotdash.connectors.shopify.tokens import ShopifyTokens
from hotdash.connectors.shopify.webhooks import ShopifyWebhooks
from hotdash.connectors.spec import Access, ConnectorSpec, CredentialField

API_VERSION = "2026-10"


def client_of(access: Access) -> ShopifyClient:
    domain = access.fields["domain"]
    return ShopifyClient(
        shop=domain,
        base_url=access.base_url(f"https://{domain}"),
        token=ShopifyTokens.of(access).current,
        api_version=access.options.get("shopify_api_version", API_VERSION),
        caller=Caller.of(VENDOR, access),
    )


def open_shopify(access: Access) -> ShopifyConnector:
    overlap = access.options.get("shopify_overlap_seconds")
    return ShopifyConnector(
        client_of(access),
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
            ends_tokens=True,
        ),
        CredentialField(
            "client_secret",
            "the app's client secret, which signs webhooks; empty where there are none",
            "The app's page shows it beside the client id. An app that was installed over "
            "/connect/shopify has it in the setting shopify_client_secret.",
            secret=True,
            required=False,
        ),
    ),
    webhooks=ShopifyWebhooks(),
    scopes=SCOPES,
)
