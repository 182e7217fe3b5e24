"""The sources that tiles name, with how old each may be: as its connector says of itself."""

from datetime import timedelta

from hotdash.insights.tiles.definition import TileSource

ORDERS = TileSource(
    "shopify",
    "Shopify orders",
    timedelta(hours=1),
    "Connect Shopify, then run `hotdash run`.",
)
STOCK = TileSource("shopify", "Shopify stock levels", ORDERS.fresh_within, ORDERS.connect)
PARCELS = TileSource("shopify", "Shopify fulfillments", ORDERS.fresh_within, ORDERS.connect)
CONVERSATIONS = TileSource(
    "chatwoot",
    "Chatwoot conversations",
    timedelta(hours=1),
    "Connect Chatwoot, then run `hotdash run`.",
)
SEARCHES = TileSource(
    "search_console",
    "Search Console days",
    timedelta(days=4),
    "Connect Search Console, then run `hotdash run`.",
)
SESSIONS = TileSource(
    "ga4",
    "Google Analytics sessions",
    timedelta(hours=36),
    "Connect Google Analytics, then run `hotdash run`.",
)
