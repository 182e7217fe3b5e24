"""What Chatwoot's contract does not say is told, kept and never bent; nobody's words come along."""

import pytest

from hotdash.connectors.chatwoot.shapes import message
from hotdash.connectors.chatwoot.tables import MESSAGES
from hotdash.connectors.contract import DriftKind, Unreadable
from hotdash.connectors.records import RecordReader
from tests.fixtures.chatwoot import Accounts, Told, read
from tests.fixtures.simulator import SHOP_ID, UNTIL

NORD = "nordkurve-teile"


@pytest.fixture
def whole(accounts: Accounts) -> Told:
    return read(accounts.open(NORD))


def drifted(accounts: Accounts, route: str, field: str, change: str, **more: object) -> Told:
    accounts.fault("drift", route=route, field=field, change=change, **more)
    return read(accounts.open(NORD))


class TestDrift:
    def test_an_added_key_is_kept_and_told_once(self, accounts: Accounts, whole: Told) -> None:
        told = drifted(accounts, "conversations", "waiting_since", "add", value="soon")
        drifts = [d for d in told.drifts if d.kind is DriftKind.ADDED]
        assert [d.field for d in drifts] == ["waiting_since_new"]
        extras = {row["_extra"] for row in told.of("conversations")}
        assert extras == {'{"waiting_since_new": "soon"}'}
        assert len(told.of("conversations")) == len(whole.of("conversations"))

    def test_a_dropped_key_sends_its_rows_to_quarantine(
        self, accounts: Accounts, whole: Told
    ) -> None:
        told = drifted(accounts, "conversations", "waiting_since", "drop", every=4)
        assert [d.kind for d in told.drifts] == [DriftKind.DROPPED]
        lost = {each.vendor_id for each in told.unreadable}
        assert len(lost) == len(told.unreadable) == len(whole.of("conversations")) // 4
        kept = {str(row["conversation_id"]) for row in told.of("conversations")}
        assert kept | lost == {str(row["conversation_id"]) for row in whole.of("conversations")}
        assert not kept & lost

    def test_a_retyped_value_is_refused_with_its_reason(
        self, accounts: Accounts, whole: Told
    ) -> None:
        told = drifted(
            accounts, "conversations", "waiting_since", "retype", value="yesterday", every=3
        )
        assert [d.kind for d in told.drifts] == [DriftKind.RETYPED]
        assert told.unreadable
        for each in told.unreadable:
            assert each.table.name == "chatwoot_conversations"
            assert "waiting_since: 'yesterday' is not a number of seconds" in each.reason
        assert len(told.unreadable) + len(told.of("conversations")) == len(
            whole.of("conversations")
        )

    def test_a_renamed_key(self, accounts: Accounts, whole: Told) -> None:
        told = drifted(accounts, "conversations", "waiting_since", "rename", value="waits_since")
        (drift,) = told.drifts
        assert (drift.kind, drift.field) == (DriftKind.RENAMED, "waiting_since")
        assert "waits_since" in drift.detail

    def test_a_new_word_is_kept_and_told(self, accounts: Accounts, whole: Told) -> None:
        told = drifted(accounts, "conversations", "priority", "retype", value="blazing")
        drifts = [d for d in told.drifts if d.field == "priority"]
        assert [d.kind for d in drifts] == [DriftKind.NEW_VALUE]
        assert "blazing" in drifts[0].detail

    def test_a_conversation_without_a_number_is_quarantined_and_counted(
        self, accounts: Accounts, whole: Told
    ) -> None:
        accounts.fault("drift", route="conversations", field="id", change="drop", every=5)
        told = read(accounts.open(NORD))
        lost = [each for each in told.unreadable if each.table.name == "chatwoot_conversations"]
        assert {each.reason for each in lost} == {"id is missing"}
        rows = told.of("conversations")
        assert len(lost) + len(rows) == len(whole.of("conversations"))
        assert lost
        assert rows
        assert {row["conversation_id"] for row in told.of("messages")} == {
            row["conversation_id"] for row in rows
        }

    def test_messages_that_do_not_fit_leave_the_others(
        self, accounts: Accounts, whole: Told
    ) -> None:
        told = drifted(accounts, "messages", "private", "retype", value="perhaps", every=10)
        lost = [each for each in told.unreadable if each.table.name == "chatwoot_messages"]
        assert lost
        assert len(lost) + len(told.of("messages")) == len(whole.of("messages"))
        assert all(":" in (each.vendor_id or "") for each in lost)


@pytest.mark.law(12)
class TestNobodysWords:
    def test_quarantine_holds_neither_words_nor_persons(self, accounts: Accounts) -> None:
        accounts.fault("drift", route="messages", field="created_at", change="retype", value="x")
        accounts.fault(
            "drift", route="conversations", field="last_activity_at", change="drop", every=2
        )
        told = read(accounts.open(NORD, store_message_text="yes"))
        kept = " ".join(f"{each.payload} {each.reason}" for each in told.unreadable)
        assert len(told.unreadable) > 20
        for word in ("order", "@example.com", "Thanks for writing", "+1555"):
            assert word not in kept.replace("where-is-my-order", ""), word

    def test_nor_the_copies_that_chatwoot_makes_of_them(self) -> None:
        record = {"id": 1, "private": "perhaps", "processed_message_content": "all about me"}
        [lost, *_] = RecordReader(MESSAGES).read([message(record, 7, keeps_text=False)], UNTIL)
        assert isinstance(lost, Unreadable)
        assert "about me" not in lost.payload

    def test_a_personal_value_that_does_not_fit_is_not_told_in_the_reason(
        self, accounts: Accounts
    ) -> None:
        accounts.fault("drift", route="contacts", field="email", change="retype", value=["a@b.c"])
        accounts.fault(
            "drift", route="conversations", field="email", change="retype", value=["a@b.c"]
        )
        told = read(accounts.open(NORD))
        assert told.unreadable
        assert not [e for e in told.unreadable if "a@b.c" in f"{e.reason} {e.payload}"]
        assert not [d for d in told.drifts if "a@b.c" in d.detail]

    def test_an_inbox_keeps_its_passwords_to_itself(self, accounts: Accounts) -> None:
        accounts.fault("drift", route="inboxes", field="channel_id", change="add", value="secret")
        told = read(accounts.open(NORD))
        assert all("_extra" not in row for row in told.of("inboxes"))


def test_nobody_is_gone_whose_number_cannot_be_read(accounts: Accounts) -> None:
    """A list that names its records otherwise says nothing about who is missing in it."""
    first = read(accounts.open())
    accounts.switch("deletions", shop=SHOP_ID, conversation=3)
    for route in ("conversations", "agents", "inboxes", "sla_policies"):
        accounts.fault("drift", route=route, field="id", change="retype", value="?")
    garbled = read(accounts.open(), first.cursor)
    assert garbled.unreadable
    assert garbled.deleted == {}
    accounts.simulator.no_faults()
    healed = read(accounts.open(), {**garbled.cursor, "updated_at": first.cursor["updated_at"]})
    assert healed.deleted == {"chatwoot_conversations": [3]}
