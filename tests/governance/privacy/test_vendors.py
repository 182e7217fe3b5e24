"""What Shopify asks about people is answered: an export, an erasure, and what stays open."""

import zipfile

from hotdash.connectors.shopify.webhooks import CUSTOMER_ERASED, CUSTOMER_EXPORTED, SHOP_ERASED
from hotdash.governance.privacy.erasure_log import erasures
from hotdash.governance.privacy.export import EXPORTS
from hotdash.jobs.privacy import PrivacyDesk
from hotdash.storage.appdb.repositories import inbox
from hotdash.storage.appdb.repositories.inbox import IncomingWebhook
from tests.fixtures import planted_person as person
from tests.fixtures.planted_person import ANN, SHOP
from tests.governance.privacy.conftest import NOW


def ask(desk: PrivacyDesk, topic: str, customer_id: int | None) -> None:
    about = {"customer_id": str(customer_id) if customer_id else None, "order_ids": []}
    webhook = IncomingWebhook(
        shop_id=SHOP,
        vendor="shopify",
        delivery_id=f"{topic} {customer_id}",
        topic=topic,
        triggered_at=None,
        received_at=NOW,
        tables=[],
        vendor_ids=[],
        compliance=about,
        rejection=None,
    )
    with desk.database.glance() as connection:
        assert inbox.receive(connection, [webhook]) == [True]


def test_who_is_asked_about_is_exported(desk: PrivacyDesk) -> None:
    ask(desk, CUSTOMER_EXPORTED, ANN)
    assert desk.answer_vendors() == 1
    [file] = (desk.home / EXPORTS).iterdir()
    assert file.stat().st_mode & 0o077 == 0
    with zipfile.ZipFile(file) as archive:
        told = {name: archive.read(name).decode() for name in archive.namelist()}
    assert person.ADDRESS in told["warehouse/raw.shopify_customers.json"]
    assert person.MESSAGE in told["warehouse/raw.chatwoot_messages.json"]
    orders = told["warehouse/raw.shopify_orders.json"]
    assert all(f'"order_id": {number}' in orders for number in (1, 2, 3))
    assert "bo@a.example" not in "".join(told.values())
    assert desk.open_requests() == []


def test_who_is_to_be_erased_is(desk: PrivacyDesk) -> None:
    ask(desk, CUSTOMER_EXPORTED, ANN)
    desk.answer_vendors()
    ask(desk, CUSTOMER_ERASED, ANN)
    assert desk.answer_vendors() == 1
    [erasure] = erasures(desk.home)
    assert erasure.actor == "vendor:shopify"
    assert list((desk.home / EXPORTS).iterdir()) == [], "the archive was a copy of the person"
    assert person.traces_in(person.texts_of_warehouse(desk.warehouse)) == {}


def test_nobody_is_made_up_and_a_whole_shop_waits_for_a_person(desk: PrivacyDesk) -> None:
    ask(desk, CUSTOMER_ERASED, 4_711)
    ask(desk, SHOP_ERASED, None)
    assert desk.answer_vendors() == 1
    assert [each.topic for each in desk.open_requests()] == [SHOP_ERASED]
    assert erasures(desk.home) == []
