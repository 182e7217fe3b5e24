"""Subscriptions: each topic once for one address, and what the shop refuses is told."""

import pytest

from hotdash.base.errors import HotdashError
from hotdash.connectors.shopify.subscriptions import (
    TOPICS,
    ensure_subscriptions,
    list_subscriptions,
)
from tests.fixtures.simulator import Connecting

URL = "https://dash.example.com/webhooks/shopify"


def test_each_topic_once(connecting: Connecting) -> None:
    client = connecting.client()
    first = ensure_subscriptions(client, URL)
    assert (first.created, first.refused) == (list(TOPICS), {})
    again = ensure_subscriptions(client, URL)
    assert (again.created, again.present) == ([], sorted(TOPICS))
    assert len(list(list_subscriptions(client))) == len(TOPICS)


def test_what_is_missing_is_added(connecting: Connecting) -> None:
    client = connecting.client()
    ensure_subscriptions(client, URL, TOPICS[:3])
    calls = len(connecting.calls)
    added = ensure_subscriptions(client, URL)
    assert added.created == list(TOPICS[3:])
    assert len(connecting.calls) - calls == 1 + len(TOPICS[3:])


def test_another_address_is_another_receiver(connecting: Connecting) -> None:
    client = connecting.client()
    ensure_subscriptions(client, URL, TOPICS[:1])
    moved = ensure_subscriptions(client, "https://new.example.com/webhooks/shopify", TOPICS[:1])
    assert moved.created == [TOPICS[0]]


def test_an_open_address_is_refused_before_anything_is_asked(connecting: Connecting) -> None:
    with pytest.raises(HotdashError, match="https") as caught:
        ensure_subscriptions(connecting.client(), "http://dash.example.com/webhooks/shopify")
    assert caught.value.field == "public_url"
    assert connecting.calls == []


def test_what_the_shop_refuses_stands_with_its_words(connecting: Connecting) -> None:
    refused = connecting.simulator.ask(
        "mutation { webhookSubscriptionCreate(topic: ORDERS_CREATE, webhookSubscription: "
        '{uri: "http://x.example"}) { webhookSubscription { id } userErrors { field message } } }'
    ).json()["data"]["webhookSubscriptionCreate"]
    assert refused["webhookSubscription"] is None
    assert refused["userErrors"][0]["field"] == ["webhookSubscription", "uri"]
