"""Nothing undelivered is lost, little is told twice, and no channel hinders another."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from hotdash.base.actors import actor_of
from hotdash.jobs.alert_channels import tried_channel
from hotdash.jobs.alert_desk import OpenChannel
from hotdash.jobs.handle_alert import Answer
from hotdash.jobs.notify_findings import Told
from hotdash.jobs.send_alerts import Sent, send_alerts
from hotdash.notifications.channels.registry import channel_kind
from hotdash.notifications.message import Kind, Message
from hotdash.notifications.rules_file import parse_rules
from hotdash.notifications.wanted import Traits
from hotdash.storage.appdb.repositories import identity
from hotdash.storage.appdb.repositories.alert_deliveries import (
    sending_alone,
)
from tests.fixtures.alert_gate import COUNTS, KYOTO, MINUTE, ROD, Gate, gate
from tests.fixtures.receivers import HOOK, ROUTING_KEY, SECRET, Receiver, receiving

__all__ = ["gate"]


class TestDelivery:
    def test_who_answered_is_told_by_name(self, gate: Gate) -> None:
        with gate.desk.database.jobs() as session:
            ada = identity.add_user(session, email="ada@shop.example", name="Ada Lee")
        gate.build((ROD, COUNTS))
        gate.handle(Answer.RESOLVE, actor=actor_of(ada.user_id))
        send_alerts(gate.desk)
        assert "resolved by Ada Lee" in gate.lines()[-1]["title"]
        assert "@" not in gate.path.read_text()

    def test_what_cannot_be_delivered_is_told_when_it_had_some_rest(self, gate: Gate) -> None:
        gate.path.parent.write_text("in the way")
        assert gate.build((ROD, COUNTS)) == Told(undelivered=1)
        gate.path.parent.unlink()

        assert gate.build((ROD, COUNTS)) == Told()
        gate.clock.advance(MINUTE)
        assert gate.build((ROD, COUNTS)) == Told(opened=1)
        assert [(each.attempt, each.status) for each in gate.deliveries()] == [
            (1, "failed"),
            (2, "delivered"),
        ]
        assert "cannot be written" in (gate.deliveries()[0].error or "")

    def test_a_process_that_dies_while_sending_repeats_under_the_same_key(self, gate: Gate) -> None:
        class Died(BaseException):
            pass

        class Dying:
            key = ""

            def send(self, message: Message) -> None:
                Dying.key = message.key
                raise Died

        dying = replace(gate.desk, channels={"file": OpenChannel(Dying(), Traits())})
        with pytest.raises(Died):
            Gate(dying, gate.clock, gate.path).build((ROD, COUNTS))
        assert [each.status for each in gate.deliveries()] == ["attempted"]

        gate.clock.advance(MINUTE)
        assert send_alerts(gate.desk).count(Kind.OPENED) == 1
        assert [line["key"] for line in gate.lines()] == [Dying.key]

    def test_two_that_send_at_once_tell_it_once(self, gate: Gate) -> None:
        Gate(replace(gate.desk, channels={}), gate.clock, gate.path).build((ROD, COUNTS))
        with gate.desk.database.direct() as other:
            assert sending_alone(other, MINUTE)
            assert send_alerts(gate.desk, timedelta(milliseconds=50)) == Sent({})
        assert send_alerts(gate.desk).count(Kind.OPENED) == 1

    def test_any_failure_of_a_channel_stops_no_other(self, gate: Gate) -> None:
        class Broken:
            def send(self, message: Message) -> None:
                raise ValueError(f"https://key:{ROUTING_KEY}@x about {message.key}")

        broken = OpenChannel(Broken(), Traits())
        desk = replace(
            gate.desk,
            channels={"broken": broken, **gate.desk.channels},
            rules=parse_rules("routes: [{to: [broken, file]}]"),
        )
        told = Gate(desk, gate.clock, gate.path).build((ROD, COUNTS))
        assert told == Told(opened=1, undelivered=1)
        errors = [each.error for each in gate.deliveries() if each.error]
        assert errors == ["ValueError while sending"]
        refused = tried_channel(desk, "broken", shop_id=ROD, actor="person:1")
        assert refused is not None
        assert refused.hint is not None
        assert refused.hint.startswith("Whoever runs this installation")


@contextmanager
def vendors(gate: Gate) -> Iterator[tuple[Gate, Receiver]]:
    with receiving() as receiver:
        fields = {
            "incidents": ("slack", {"webhook": receiver.address + HOOK}),
            "pager": ("pagerduty", {"routing_key": ROUTING_KEY, "address": receiver.address}),
            "own": ("webhook", {"address": f"{receiver.address}/signed", "secret": SECRET}),
        }
        channels = {
            name: OpenChannel(
                channel_kind(kind).open(values, gate.path.parent), channel_kind(kind).traits
            )
            for name, (kind, values) in fields.items()
        }
        rules = parse_rules("routes: [{to: [incidents, pager, own]}]")
        desk = replace(gate.desk, channels=channels, rules=rules)
        yield Gate(desk, gate.clock, gate.path), receiver
        assert receiver.refused == []


def test_from_the_finding_to_the_vendors_and_back(gate: Gate) -> None:
    with vendors(gate) as (watched, receiver):
        watched.build((ROD, COUNTS), (KYOTO, COUNTS))
        watched.clock.advance(MINUTE)
        watched.build((ROD, COUNTS))
        assert len(receiver.taken) == 3 + 2, "the pager waits for the whole incident"
        watched.clock.advance(MINUTE)
        watched.build()

        pages = [each["body"] for each in receiver.taken if each["path"] == "/v2/enqueue"]
        assert [each["event_action"] for each in pages] == ["trigger", "resolve"]
        assert len({each["dedup_key"] for each in pages}) == 1
        keys = [each["body"]["key"] for each in receiver.taken if each["path"] == "/signed"]
        assert len(set(keys)) == len(keys) == 3


def test_an_answer_reaches_the_pager_once_and_nobody_else(gate: Gate) -> None:
    with vendors(gate) as (watched, receiver):
        watched.build((ROD, COUNTS))
        watched.clock.advance(MINUTE)
        watched.handle(Answer.ACKNOWLEDGE)
        for _ in range(2):
            send_alerts(watched.desk)
            watched.clock.advance(MINUTE)
        watched.build()

        pages = [each["body"] for each in receiver.taken if each["path"] == "/v2/enqueue"]
        actions = [each["event_action"] for each in pages]
        assert actions == ["trigger", "acknowledge", "resolve"]
        assert len({each["dedup_key"] for each in pages}) == 1
        assert set(pages[1]) == {"routing_key", "event_action", "dedup_key"}
        assert len(receiver.taken) == 3 + 1 + 3


def test_a_vendor_that_is_down_hears_it_later_and_the_others_once(gate: Gate) -> None:
    with vendors(gate) as (watched, receiver):
        receiver.down = 503
        assert watched.build((ROD, COUNTS)) == Told(undelivered=3)
        receiver.down = 0
        watched.clock.advance(MINUTE)
        assert watched.build((ROD, COUNTS)) == Told(opened=3)
        watched.clock.advance(MINUTE)
        assert watched.build((ROD, COUNTS)) == Told()
