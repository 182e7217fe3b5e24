"""A shop's own alert rules: what they change goes out changed, for this shop alone, and stands on record."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from hotdash.base.errors import ConflictError
from hotdash.jobs.alert_desk import AlertDesk, OpenChannel
from hotdash.jobs.alert_rules import RulesChange, change_rules, rules_of_shop, rules_of_shops
from hotdash.jobs.send_alerts import send_alerts
from hotdash.notifications.message import Kind
from hotdash.notifications.rules import Route, Rules
from hotdash.notifications.rules_file import RulesError, parse_rules
from hotdash.notifications.shop_rules import key_of, rules_for, with_route
from hotdash.notifications.wanted import Traits
from hotdash.storage.appdb.repositories.alert_rules import (
    ShopRulesRecord,
    add_alert_rules,
    last_fired,
)
from hotdash.storage.appdb.repositories.audit import list_events
from hotdash.storage.appdb.repositories.decisions import list_decisions
from tests.fixtures.alert_gate import COUNTS, KYOTO, ROD, Gate, gate

__all__ = ["gate"]
COMMON = parse_rules("""
timezone: UTC
quiet_hours: {from: "20:00", until: "08:00"}
routes:
- {severities: [blocking], to: [file]}
- {shops: [kustom-kyoto], to: [kyoto]}
on_call:
- {name: primary, to: [pager]}
""")


def change(
    gate: Gate,
    part: str,
    make: Callable[[Rules], Rules | None],
    shop_id: str = ROD,
    reason: str = "So.",
) -> None:
    change_rules(
        *(gate.desk.database, gate.clock, COMMON, shop_id),
        RulesChange(part, make),
        actor="user:ada",
        reason=reason,
    )


def held(gate: Gate, shop_id: str = ROD) -> Rules:
    with gate.desk.database.jobs() as session:
        return rules_of_shop(session, COMMON, shop_id).rules


def desk_by(gate: Gate) -> AlertDesk:
    with gate.desk.database.jobs() as session:
        of_shops = rules_of_shops(session, COMMON)
    return replace(gate.desk, rules=COMMON, of_shops=of_shops)


def off(rules: Rules) -> Rules:
    first = rules.routes[0]
    return with_route(rules, key_of(first), first.model_copy(update={"off": True}))


class TestWhatHolds:
    def test_without_its_own_the_file_without_what_is_other_shops(self, gate: Gate) -> None:
        assert [each.to for each in held(gate).routes] == [("file",)]
        assert [each.to for each in held(gate, KYOTO).routes] == [("file",), ("kyoto",)]

    def test_a_change_keeps_the_rest(self, gate: Gate) -> None:
        change(gate, "hours", lambda rules: rules.model_copy(update={"quiet_hours": None}))
        change(gate, "route", off)
        assert held(gate).quiet_hours is None
        assert [each.off for each in held(gate).routes] == [True]
        assert held(gate).on_call == COMMON.on_call
        assert held(gate, KYOTO).quiet_hours == COMMON.quiet_hours

    def test_back_to_the_file(self, gate: Gate) -> None:
        change(gate, "route", off)
        change(gate, "file", lambda _: None)
        assert [each.off for each in held(gate).routes] == [False]
        with gate.desk.database.jobs() as session:
            assert rules_of_shops(session, COMMON) == {}

    def test_what_cannot_be_read_silences_nobody(self, gate: Gate) -> None:
        written = ShopRulesRecord(ROD, gate.clock.now(), "user:ada", "So.", {"roots": []})
        with gate.desk.database.jobs() as session:
            add_alert_rules(session, written)
        assert [each.to for each in held(gate).routes] == [("file",)]

    def test_a_rule_that_somebody_changed_meanwhile(self, gate: Gate) -> None:
        before = held(gate).routes[0]
        change(gate, "route", off)
        other = Route.model_validate({"to": ["file"]})
        with pytest.raises(ConflictError, match="changed meanwhile"):
            change(gate, "route", lambda rules: with_route(rules, key_of(before), other))

    def test_of_two_that_are_equal_one_changes(self) -> None:
        same, other = COMMON.routes[0], Route.model_validate({"to": ["other"]})
        twice = COMMON.model_copy(update={"routes": (same, same)})
        assert with_route(twice, key_of(same), other).routes == (other, same)

    def test_no_second_one_that_is_equal(self) -> None:
        with pytest.raises(ConflictError, match="such a rule already"):
            with_route(COMMON, "", COMMON.routes[0])

    @pytest.mark.parametrize("kept", ["kyoto", "pager"])
    def test_channels_of_other_shops_and_of_whoever_is_on_call_are_not_its_own(
        self, gate: Gate, kept: str
    ) -> None:
        route = Route.model_validate({"to": [kept]})
        with pytest.raises(RulesError, match="is not this shop's"):
            change(gate, "route", lambda rules: with_route(rules, "", route))
        assert held(gate).routes == rules_for(COMMON, ROD).routes

    def test_what_stood_there_before_the_file_changed_may_stay(self, gate: Gate) -> None:
        old = Rules.model_validate({"routes": [{"to": ["pager"]}]}).model_dump(
            mode="json", by_alias=True, exclude={"on_call", "patience"}
        )
        with gate.desk.database.jobs() as session:
            written = ShopRulesRecord(ROD, gate.clock.now(), "user:ada", "So.", old)
            add_alert_rules(session, written)
        change(gate, "route", off)
        assert [(each.to, each.off) for each in held(gate).routes] == [(("pager",), True)]

    def test_no_rule_at_all_is_refused(self, gate: Gate) -> None:
        with pytest.raises(RulesError, match="No rule tells anybody"):
            change(gate, "route", lambda rules: rules.model_copy(update={"routes": ()}))


class TestWhatGoesOut:
    def test_off_for_one_shop_is_on_for_the_other(self, gate: Gate) -> None:
        change(gate, "route", off)
        quiet = Gate(desk_by(gate), gate.clock, gate.path)
        told = quiet.build((ROD, COUNTS), (KYOTO, COUNTS))
        assert told.opened == 1
        assert [each["shop"] for each in gate.lines()] == [KYOTO]

    def test_through_the_channel_that_the_shop_chose(self, gate: Gate) -> None:
        other = Route.model_validate({"to": ["of-rod"]})
        change(gate, "route", lambda rules: with_route(rules, key_of(rules.routes[0]), other))
        desk = desk_by(gate)
        channels = dict(desk.channels) | {
            "of-rod": OpenChannel(desk.channels["file"].channel, Traits())
        }
        Gate(replace(desk, channels=channels), gate.clock, gate.path).build((ROD, COUNTS))
        assert {each.channel for each in gate.deliveries()} == {"of-rod"}

    def test_when_each_last_fired_and_was_told(self, gate: Gate) -> None:
        opened_at = gate.clock.now()
        gate.build((ROD, COUNTS))
        with gate.desk.database.jobs() as session:
            [fired] = last_fired(session, ROD)
            assert last_fired(session, KYOTO) == []
        assert (fired.severity, fired.subject, fired.opened_at) == ("blocking", "check", opened_at)
        assert fired.told_at == {"file": opened_at}
        assert send_alerts(gate.desk).count(Kind.OPENED) == 0


class TestRecord:
    def test_who_changed_what_from_what_to_what_and_why(self, gate: Gate) -> None:
        change(gate, "route", off, reason="The pager is enough.")
        with gate.desk.database.jobs() as session:
            [decision] = list_decisions(session, ROD)
            [event] = [each for each in list_events(session, ROD) if each.action == decision.action]
        assert (decision.action, decision.subject) == ("alerts.rules.decide", "route")
        assert (decision.actor, decision.rationale) == ("user:ada", "The pager is enough.")
        shown = decision.detail["shown"]
        assert shown["before"] == "the installation's rules"
        assert shown["after"]["routes"][0]["off"] is True
        assert event.detail["after"]["quiet_hours"] == {"from": "20:00", "until": "08:00"}
