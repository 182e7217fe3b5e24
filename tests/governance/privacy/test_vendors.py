"""What Shopify asks about people is answered: an export, an erasure, and what stays open."""

import zipfile
from collections.abc import Sequence

import pytest

from hotdash.base.email_hash import email_hash
from hotdash.connectors.shopify.webhooks import CUSTOMER_ERASED, CUSTOMER_EXPORTED, SHOP_ERASED
from hotdash.governance.privacy import whole_shop
from hotdash.governance.privacy.erasure_log import erasures
from hotdash.governance.privacy.export import EXPORTS
from hotdash.jobs.privacy import PrivacyDesk
from hotdash.storage.appdb.repositories import inbox
from hotdash.storage.appdb.repositories.inbox import IncomingWebhook
from hotdash.storage.warehouse.personal_rows import amounts_of, stored_tables
from tests.fixtures import planted_person as person
from tests.fixtures.planted_person import ANN, SHOP
from tests.governance.privacy.conftest import NOW

STRAY = "nobody knows whose words these are"


def ask(
    desk: PrivacyDesk, topic: str, customer_id: int | None, order_ids: Sequence[int] = ()
) -> None:
    about: dict[str, object] = {
        "customer_id": str(customer_id) if customer_id else None,
        "order_ids": [str(each) for each in order_ids],
    }
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


def test_orders_that_the_vendor_names_are_of_the_person_too(desk: PrivacyDesk) -> None:
    """Order 9 was a guest's with another address, and Shopify knows whose it is."""
    other = email_hash("annes.other@mail.example")
    desk.warehouse.execute(
        """insert into raw.shopify_orders (shop_id, load_id, order_id, email_hash)
           values (?, 'load-0009', 9, ?)""",
        [SHOP, other],
    )
    ask(desk, CUSTOMER_ERASED, ANN, [9])
    assert desk.answer_vendors() == 1
    [told] = desk.warehouse.query(
        "select email_hash from raw.shopify_orders where order_id = 9"
    ).to_pylist()
    assert told["email_hash"] not in (None, other)


def test_nobody_is_made_up(desk: PrivacyDesk) -> None:
    ask(desk, CUSTOMER_ERASED, 4_711)
    assert desk.answer_vendors() == 1
    assert desk.open_requests() == []
    assert erasures(desk.home) == []


def test_a_whole_shop_is_erased_with_everybody_it_knows(
    desk: PrivacyDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(whole_shop, "AT_ONCE", 1)
    for statement, values in (
        ("chatwoot_messages (shop_id, conversation_id, message_id, content)", (900, 9, STRAY)),
        ("chatwoot_agents (shop_id, agent_id, name, email)", (5, "Ida Agentin", "ida@a.example")),
    ):
        desk.warehouse.execute(f"insert into raw.{statement} values (?, ?, ?, ?)", [SHOP, *values])
    before = amounts(desk)
    ask(desk, SHOP_ERASED, None)

    assert desk.answer_vendors() == 1

    assert desk.open_requests() == []
    told = erasures(desk.home)
    assert len(told) == 2, "of Ann, who is customer, guest and contact, and of Bo"
    assert {each.actor for each in told} == {"vendor:shopify"}
    assert all(each.finished_at and each.proof_sha256 for each in told)
    everybody = (person.MESSAGE, STRAY, "bo@a.example", "Bo Ek", "Ida Agentin", "ida@a.example")
    assert person.traces_in(person.texts_of_warehouse(desk.warehouse), *everybody) == {}
    assert amounts(desk) == before
    desk.warehouse.close()
    stored = (desk.home / "warehouse.duckdb").read_bytes().lower()
    assert [each for each in everybody if each.lower().encode() in stored] == []


def amounts(desk: PrivacyDesk) -> dict[str, dict[str, str]]:
    tables = stored_tables(desk.warehouse)
    return {each.full_name: amounts_of(desk.warehouse, each) for each in tables}
