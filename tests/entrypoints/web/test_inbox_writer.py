"""Deliveries that come at once: few commits, each answered for itself, one bad one harms nobody."""

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

import pytest

from hotdash.connectors.shopify.webhooks import signature
from hotdash.storage.appdb.models import WebhookDelivery
from hotdash.storage.appdb.repositories import credentials
from tests.fixtures.storefront import ROD
from tests.fixtures.web import Web
from tests.fixtures.webhook_house import post_all

SECRET = "this shop's secret"


@dataclass(frozen=True)
class Told:
    headers: dict[str, str]
    content: bytes


def order(number: int, webhook_id: str | None = None) -> Told:
    content = json.dumps({"id": number}).encode()
    headers = {
        "x-shopify-topic": "orders/create",
        "x-shopify-shop-domain": f"{ROD}.myshopify.com",
        "x-shopify-webhook-id": webhook_id or f"w-{number}",
        "x-shopify-hmac-sha256": signature(content, SECRET),
    }
    return Told(headers, content)


@pytest.fixture
def connected(web: Web) -> Web:
    assert web.context.vault is not None
    with web.storefront.database.jobs() as session:
        fields = {"client_secret": SECRET}
        credentials.save_credential(session, web.context.vault, ROD, "shopify", fields)
    return web


def send(web: Web, told: list[Told]) -> Counter[int]:
    return post_all(web.app, told, at_once=len(told))


def stored(web: Web) -> list[WebhookDelivery]:
    with web.storefront.database.jobs() as session:
        return session.query(WebhookDelivery).all()


def test_many_at_once_are_few_commits(connected: Web) -> None:
    assert send(connected, [order(n) for n in range(1, 301)]) == {200: 300}
    kept: list[Any] = stored(connected)
    assert {each.vendor_id for each in kept} == {str(n) for n in range(1, 301)}
    with connected.storefront.database.direct() as connection:
        commits = connection.execute(
            "select count(distinct xmin::text) from app.webhook_deliveries"
        ).fetchone()
    assert commits is not None
    assert commits[0] < 30


def test_the_same_one_many_times_at_once_is_one(connected: Web) -> None:
    assert send(connected, [order(7)] * 40) == {200: 40}
    assert len(stored(connected)) == 1


def test_one_that_cannot_be_stored_takes_nobody_with_it(connected: Web) -> None:
    told = [order(n) for n in range(1, 20)]
    statuses = send(connected, [*told, order(99, "w-\0"), *[order(n) for n in range(20, 40)]])
    assert statuses == {200: 39, 400: 1}
    assert len(stored(connected)) == 39
