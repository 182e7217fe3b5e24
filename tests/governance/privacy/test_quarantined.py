"""What waits in quarantine of an erased person goes, whole, and nobody else's does."""

import hashlib
import json
from typing import Any

import pytest

from hotdash.base.errors import NotFoundError
from hotdash.connectors.shopify.webhooks import CUSTOMER_ERASED, SHOP_ERASED
from hotdash.governance.privacy.erase import Asking
from hotdash.governance.privacy.erasure_log import erasures
from hotdash.governance.privacy.quarantined import is_about
from hotdash.jobs.privacy import PrivacyDesk
from hotdash.storage.warehouse.quarantined_people import Waiting
from tests.fixtures.planted_person import ANN, MESSAGE, SHOP
from tests.governance.privacy.test_vendors import ask

ASKING = Asking("program:test", "asked by letter 12")
OTHERS = {"conversation_id": 900, "content": "somebody else's words"}


def refuse(
    desk: PrivacyDesk, table: str, vendor_id: str | None, told: Any, reason: str = "x"
) -> None:
    desk.warehouse.execute(
        """insert into raw.quarantine
             (shop_id, load_id, fetched_at, table_name, vendor_id, reason, payload)
           values (?, 'load-refused', now(), ?, ?, ?, ?)""",
        [SHOP, table, vendor_id, reason, told if isinstance(told, str) else json.dumps(told)],
    )


def waiting(desk: PrivacyDesk) -> list[tuple[str, str]]:
    rows = desk.warehouse.query(
        "select reason, payload from raw.quarantine order by table_name, payload"
    ).to_pylist()
    return [(row["reason"], row["payload"]) for row in rows]


def test_what_of_her_waits_is_written_over_whole(desk: PrivacyDesk) -> None:
    refuse(
        *(desk, "chatwoot_messages", "5", {"conversation_id": 700, "content": MESSAGE}),
        reason=f"content is no text: {MESSAGE}",
    )
    refuse(desk, "chatwoot_messages", "6", OTHERS)
    desk.erase(SHOP, str(ANN), ASKING)
    assert waiting(desk) == [("content is no text: ***", "***"), ("x", json.dumps(OTHERS))]
    assert desk.replay() == []


def test_who_stands_in_quarantine_alone_is_known_by_it(desk: PrivacyDesk) -> None:
    """By the vendor's request; her address is searched for everywhere else."""
    told = {"customer_id": 9, "email": "only@quarantine.example", "first_name": "Only"}
    refuse(desk, "shopify_customers", "9", told)
    refuse(desk, "shopify_orders", "77", {"id": 77, "email": "Only@quarantine.example"})
    log = desk.home / "logs" / "web.ndjson"
    log.parent.mkdir()
    log.write_text("only@quarantine.example asked")
    ask(desk, CUSTOMER_ERASED, 9)

    assert desk.answer_vendors() == 1

    [erasure] = erasures(desk.home)
    assert (erasure.customer_ids, erasure.finished_at is not None) == ((9,), True)
    assert waiting(desk) == [("x", "***"), ("x", "***")]
    assert log.read_text() == f"{'*' * 23} asked"
    with pytest.raises(NotFoundError):
        desk.erase(SHOP, "9", ASKING)


def test_of_a_whole_shop_everything_that_waits_goes(desk: PrivacyDesk) -> None:
    refuse(desk, "chatwoot_messages", "6", OTHERS)
    refuse(desk, "shopify_customers", "9", {"id": 9, "email": "only@quarantine.example"})
    ask(desk, SHOP_ERASED, None)
    assert desk.answer_vendors() == 1
    assert 9 in {number for each in erasures(desk.home) for number in each.customer_ids}
    assert waiting(desk) == [("x", "***"), ("x", "***")]


IDS = {
    "customer_id": frozenset({7}),
    "contact_id": frozenset({70}),
    "conversation_id": frozenset({700}),
    "order_id": frozenset({1}),
}


class TestWhoIsMeant:
    @pytest.mark.parametrize(
        ("table", "vendor_id", "payload"),
        [
            ("shopify_customers", "7", "{}"),
            ("shopify_orders", "gid://shopify/Order/1", "no json at all"),
            ("shopify_orders", None, '{"customer": {"id": "gid://shopify/Customer/7"}}'),
            ("shopify_orders", None, '{"id": 5}\n{"customer_id": "7"}\n{"cut'),
            ("shopify_orders", None, '{"shopify_orders": [{"email": "Ann@a.example "}]}'),
            ("chatwoot_conversations", None, '{"meta": {"sender": {"id": 70}}}'),
            ("chatwoot_messages", "9", '{"told": [[{"conversation_id": 700}]]}'),
        ],
    )
    def test_it_is_told_in_the_words_of_any_vendor(
        self, table: str, vendor_id: str | None, payload: str
    ) -> None:
        assert is_about(Waiting(table, vendor_id, "x", payload), IDS, self.hashes)

    @pytest.mark.parametrize(
        ("table", "vendor_id", "payload"),
        [
            ("shopify_products", "7", '{"id": 7, "price": 700}'),
            ("shopify_customers", "70", '{"id": 70}'),
            ("chatwoot_messages", "700", '{"sender": {"id": 70}}'),
            ("shopify_orders", None, '{"email": "***", "customer": null}'),
        ],
    )
    def test_nobody_else_is(self, table: str, vendor_id: str | None, payload: str) -> None:
        assert not is_about(Waiting(table, vendor_id, "x", payload), IDS, self.hashes)

    @property
    def hashes(self) -> set[str]:
        return {hashed_of("ann@a.example"), hashed_of("***")}


def hashed_of(address: str) -> str:
    hashed = hashlib.sha256(address.encode())
    return hashed.hexdigest()
