"""What a shop tells us by itself: the topics we hear, each subscribed once for one address."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from hotdash.base.errors import HotdashError
from hotdash.connectors.shopify.client import Answer, ShopifyClient
from hotdash.connectors.shopify.queries import query

_PAGE = 250
# The compliance topics stand in the app's own configuration: they cannot be subscribed to here.
TOPICS: tuple[str, ...] = (
    *("ORDERS_CREATE", "ORDERS_UPDATED", "ORDERS_EDITED", "ORDERS_DELETE"),
    *("REFUNDS_CREATE", "ORDER_TRANSACTIONS_CREATE"),
    *("FULFILLMENTS_CREATE", "FULFILLMENTS_UPDATE"),
    *("INVENTORY_LEVELS_CONNECT", "INVENTORY_LEVELS_UPDATE", "INVENTORY_LEVELS_DISCONNECT"),
    "INVENTORY_ITEMS_DELETE",
    *("PRODUCTS_CREATE", "PRODUCTS_UPDATE", "PRODUCTS_DELETE"),
    *("CUSTOMERS_CREATE", "CUSTOMERS_UPDATE", "CUSTOMERS_DELETE", "CUSTOMERS_MERGE"),
    "APP_UNINSTALLED",
)


@dataclass(frozen=True)
class Subscriptions:
    """Topics by what became of them; what was refused stands with the shop's own words."""

    present: Sequence[str]
    created: Sequence[str] = ()
    refused: Mapping[str, str] = field(default_factory=dict[str, str])


def ensure_subscriptions(
    client: ShopifyClient, url: str, topics: Sequence[str] = TOPICS
) -> Subscriptions:
    """Every topic told to this address; what is there already is left alone."""
    if not url.startswith("https://"):
        raise HotdashError(
            f"Shopify sends webhooks only to https addresses, and {url} is none.",
            hint="Set public_url to the https address of this installation.",
            field="public_url",
        )
    present = {each["topic"] for each in list_subscriptions(client) if each["uri"] == url}
    created: list[str] = []
    refused: dict[str, str] = {}
    for topic in topics:
        if topic not in present:
            reason = _subscribe(client, topic, url)
            if reason is None:
                created.append(topic)
            else:
                refused[topic] = reason
    return Subscriptions(sorted(present), created, refused)


def list_subscriptions(client: ShopifyClient) -> Iterator[Answer]:
    after: str | None = None
    while True:
        page = client.ask(query("WebhookSubscriptions"), first=_PAGE, after=after)
        yield from page["webhookSubscriptions"]["nodes"]
        ends = page["webhookSubscriptions"]["pageInfo"]
        if not ends["hasNextPage"]:
            return
        after = ends["endCursor"]


def _subscribe(client: ShopifyClient, topic: str, url: str) -> str | None:
    """Why not, where the shop does not want to: most often a scope that the app was not given."""
    answer = client.ask(query("SubscribeWebhook"), topic=topic, uri=url)
    payload = answer["webhookSubscriptionCreate"]
    errors = [str(error["message"]) for error in payload["userErrors"]]
    return "; ".join(errors) or None
