"""What Shopify asks about people is answered: an export, an erasure, and what stays open."""

import shutil
import zipfile
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest

from hotdash.base.email_hash import email_hash
from hotdash.connectors.shopify.webhooks import CUSTOMER_ERASED, CUSTOMER_EXPORTED, SHOP_ERASED
from hotdash.governance.privacy import erase, whole_shop
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
EVERYBODY = (person.MESSAGE, STRAY, "bo@a.example", "Bo Ek", "Ida Agentin", "ida@a.example")


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
    add_nobody_known(desk)
    before = amounts(desk)
    ask(desk, SHOP_ERASED, None)

    assert desk.answer_vendors() == 1

    assert desk.open_requests() == []
    told = erasures(desk.home)
    whole = [each.is_whole_shop for each in told]
    assert whole == [False, False, True], "Ann, who is customer, guest and contact; Bo; the rest"
    assert {each.actor for each in told} == {"vendor:shopify"}
    assert all(each.finished_at and each.proof_sha256 for each in told)
    assert person.traces_in(person.texts_of_warehouse(desk.warehouse), *EVERYBODY) == {}
    assert amounts(desk) == before
    desk.warehouse.close()
    stored = (desk.home / "warehouse.duckdb").read_bytes().lower()
    assert [each for each in EVERYBODY if each.lower().encode() in stored] == []


def test_one_of_whom_something_is_left_keeps_nobody_else_of_a_shop_waiting(
    desk: PrivacyDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ann is the first of all, and evidence of her stays until somebody removes it."""
    monkeypatch.setattr(whole_shop, "AT_ONCE", 1)
    add_nobody_known(desk)
    bundle = desk.home / "evidence/bundle.json"
    bundle.parent.mkdir()
    bundle.write_text(person.WORDS)
    ask(desk, SHOP_ERASED, None)

    for _ in range(2):
        assert desk.answer_vendors() == 0
        assert person.traces_in(person.texts_of_warehouse(desk.warehouse), *EVERYBODY) == {}
        told = [(each.is_whole_shop, each.finished_at is None) for each in erasures(desk.home)]
        assert told == [(False, True), (False, False), (True, False)]

    bundle.unlink()
    desk.replay()
    assert desk.answer_vendors() == 1
    assert all(each.finished_at for each in erasures(desk.home))


def test_a_whole_shop_that_a_backup_brings_back_is_erased_again(
    desk: PrivacyDesk, tmp_path_factory: pytest.TempPathFactory
) -> None:
    add_nobody_known(desk)
    desk.warehouse.close()
    backup = tmp_path_factory.mktemp("elsewhere") / "warehouse.duckdb"
    shutil.copy(desk.home / "warehouse.duckdb", backup)
    ask(desk, SHOP_ERASED, None)
    assert desk.answer_vendors() == 1
    assert desk.replay() == [], "nobody is here again"
    desk.warehouse.close()
    shutil.move(backup, desk.home / "warehouse.duckdb")

    proofs = desk.replay()

    assert [each.erasure.is_whole_shop for each in proofs].count(True) == 1
    assert {"warehouse: raw.chatwoot_agents", "warehouse: raw.quarantine"} <= {
        each.store for proof in proofs for each in proof.held
    }
    assert person.traces_in(person.texts_of_warehouse(desk.warehouse), *EVERYBODY) == {}
    assert desk.replay() == []


def test_whom_a_shop_knows_since_it_was_erased_stays(desk: PrivacyDesk) -> None:
    ask(desk, SHOP_ERASED, None)
    desk.answer_vendors()
    add_nobody_known(desk, NOW + timedelta(days=1))
    assert desk.replay() == []
    assert "Ida Agentin" in str([*person.texts_of_warehouse(desk.warehouse)])


def test_a_shop_that_was_killed_while_it_was_emptied_is_finished(
    desk: PrivacyDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    class KilledError(BaseException):
        pass

    def die(*_: object) -> None:
        raise KilledError

    add_nobody_known(desk)
    ask(desk, SHOP_ERASED, None)
    with monkeypatch.context() as dying:
        dying.setattr(erase, "empty_marked_columns", die)
        with pytest.raises(KilledError):
            desk.answer_vendors()
    assert erasures(desk.home)[-1].finished_at is None

    assert [proof.left for proof in desk.replay()] == [[]]

    assert all(each.finished_at for each in erasures(desk.home))
    assert person.traces_in(person.texts_of_warehouse(desk.warehouse), *EVERYBODY) == {}


def add_nobody_known(desk: PrivacyDesk, at: datetime = NOW - timedelta(days=1)) -> None:
    """A message without a contact, who answered it, and what no table could hold."""
    told = {
        "chatwoot_messages": {"conversation_id": 900, "message_id": 9, "content": STRAY},
        "chatwoot_agents": {"agent_id": 5, "name": "Ida Agentin", "email": "ida@a.example"},
        "quarantine": {"table_name": "other", "reason": "odd", "payload": f"said {STRAY}"},
    }
    for table, values in told.items():
        row = {"shop_id": SHOP, "load_id": "load-0009", "fetched_at": at} | values
        columns, marks = ", ".join(row), ", ".join("?" for _ in row)
        desk.warehouse.execute(
            f"insert into raw.{table} ({columns}) values ({marks})", [*row.values()]
        )


def amounts(desk: PrivacyDesk) -> dict[str, dict[str, str]]:
    tables = stored_tables(desk.warehouse)
    return {each.full_name: amounts_of(desk.warehouse, each) for each in tables}
