"""What is due, to whom and when: computed by hand, without a database or a clock."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hotdash.notifications.compose import compose
from hotdash.notifications.message import AlertState, Attempt, Event, Kind, Severity, Subject
from hotdash.notifications.policy import Due, Plan, plan
from hotdash.notifications.rules_file import parse_rules
from hotdash.notifications.wanted import Traits
from tests.fixtures.alerts import AT, BASE_URL, alert, told

RULES = parse_rules("""
timezone: UTC
quiet_hours: {from: "20:00", until: "08:00"}
office_hours: {from: "09:00", until: "18:00"}
routes:
- {severities: [blocking], to: [incidents]}
- {severities: [warning], to: [monitoring]}
- {subjects: [digest], to: [analytics]}
on_call:
- {name: primary, to: [pager]}
- {name: backup, to: [pager-backup]}
- {name: manager, to: [mail]}
""")
PAGES = Traits(pages=True, follows_incidents=True)
CHANNELS = {
    "incidents": Traits(),
    "monitoring": Traits(),
    "analytics": Traits(),
    "pager": PAGES,
    "pager-backup": PAGES,
    "mail": Traits(),
}
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
OPENED = (told("a", "incidents"), told("a", "pager"))
# What the pager hears when a person answered, and nobody else.
ANSWERED = ("pager", "acknowledged")


def planned(*alerts: AlertState, at: datetime = AT) -> Plan:
    return plan(alerts, at, RULES, CHANNELS)


def said(*alerts: AlertState, at: datetime = AT) -> list[tuple[str, str]]:
    return sorted((each.channel, each.kind.value) for each in planned(*alerts, at=at).due)


def titles(due: Sequence[Due], at: datetime = AT) -> list[str]:
    return [compose(each, BASE_URL, at).title for each in due]


def warning(name: str = "a", **changes: object) -> AlertState:
    return alert(name, severity=Severity.WARNING, **changes)


class TestRouting:
    def test_a_blocking_one_goes_to_incidents_and_to_who_is_on_call(self) -> None:
        assert said(alert()) == [("incidents", "opened"), ("pager", "opened")]

    def test_a_warning_does_not_page(self) -> None:
        assert said(warning()) == [("monitoring", "opened")]

    def test_a_channel_nobody_connected_is_passed_over(self) -> None:
        due = plan([alert()], AT, RULES, {"incidents": Traits()}).due
        assert [each.channel for each in due] == ["incidents"]


class TestDedupe:
    def test_what_was_delivered_is_not_said_again(self) -> None:
        assert said(alert(attempts=OPENED)) == []

    def test_one_channel_that_failed_does_not_repeat_the_other(self) -> None:
        failed = told("a", "pager", status="failed")
        attempts = (told("a", "incidents"), failed)
        assert said(alert(attempts=attempts), at=AT + 2 * MINUTE) == [("pager", "opened")]

    @pytest.mark.parametrize(
        ("number", "minutes"), [(1, 1), (2, 5), (3, 15), (4, 60), (5, 60), (40, 60)]
    )
    def test_it_is_tried_again_with_patience(self, number: int, minutes: int) -> None:
        failed = told("a", "pager", status="failed", number=number)
        state = alert(attempts=(told("a", "incidents"), failed))
        wait = minutes * MINUTE
        before = planned(state, at=AT + wait - timedelta(seconds=1)).due
        after = planned(state, at=AT + wait).due
        assert "pager" not in [each.channel for each in before]
        assert "pager" in [each.channel for each in after]

    def test_who_died_while_sending_says_it_again_under_the_same_key(self) -> None:
        [first] = [each for each in planned(alert()).due if each.channel == "incidents"]
        died = Attempt("incidents", "a:opened", first.group_id, 1, AT, "attempted")
        states = [alert(attempts=(died, told("a", "pager"))), alert("b", shop_id="kyoto")]
        again = [
            each for each in planned(*states, at=AT + 2 * MINUTE).due if each.channel == "incidents"
        ]
        assert [(each.group_id, len(each.alerts)) for each in again] == [
            (first.group_id, 1),
            (again[1].group_id, 1),
        ]

    @given(st.permutations(["a", "b", "c"]))
    def test_the_key_does_not_hang_on_the_order(self, names: list[str]) -> None:
        due = planned(*(alert(name, shop_id=f"shop {name}") for name in names)).due
        assert {each.group_id for each in due} == {
            each.group_id for each in planned(*(alert(n, shop_id=f"shop {n}") for n in "abc")).due
        }


class TestGrouping:
    def test_the_same_check_over_shops_is_one_message(self) -> None:
        states = [warning(name, shop_id=name) for name in ("kyoto", "rod")]
        due = planned(*states).due
        assert titles(due) == ["kyoto, rod: order ids are unique fails"]

    def test_one_shop_over_checks_is_one_message(self) -> None:
        due = planned(warning("a", check="one"), warning("b", check="two")).due
        assert titles(due) == ["hot-rod-an: 2 checks fail"]

    def test_a_check_over_shops_goes_before_a_shop_over_checks(self) -> None:
        states = [
            warning("a", check="one", shop_id="rod"),
            warning("b", check="one", shop_id="kyoto"),
            warning("c", check="two", shop_id="rod"),
            warning("d", check="three", shop_id="rod"),
        ]
        assert sorted(titles(planned(*states).due)) == [
            "rod, kyoto: one fails",
            "rod: 2 checks fail",
        ]

    def test_severities_are_not_mixed(self) -> None:
        assert said(alert("a"), warning("b", check="other")) == [
            ("incidents", "opened"),
            ("monitoring", "opened"),
            ("pager", "opened"),
        ]

    def test_twelve_shops_are_not_all_named(self) -> None:
        due = planned(*(warning(f"{n:02}", shop_id=f"shop-{n:02}") for n in range(12))).due
        assert titles(due) == [
            "shop-00, shop-01, shop-02, shop-03, shop-04 and 7 more: order ids are unique fails"
        ]


class TestQuietHours:
    NIGHT = AT.replace(hour=22)

    def test_a_warning_waits_for_the_morning(self) -> None:
        asked = planned(warning(opened_at=self.NIGHT), at=self.NIGHT)
        assert asked.due == ()
        [(want, until)] = asked.held
        assert (want.channel, until) == ("monitoring", AT.replace(day=21, hour=8))
        morning = AT.replace(day=21, hour=8)
        assert said(warning(opened_at=self.NIGHT), at=morning) == [("monitoring", "opened")]

    def test_that_it_waits_is_noted_once(self) -> None:
        held = told("a", "monitoring", status="held", group_id="", number=0)
        assert planned(warning(opened_at=self.NIGHT, attempts=(held,)), at=self.NIGHT).held == ()

    def test_a_blocking_one_waits_for_nothing(self) -> None:
        assert said(alert(opened_at=self.NIGHT), at=self.NIGHT) == [
            ("incidents", "opened"),
            ("pager", "opened"),
        ]

    def test_what_passed_while_it_waited_is_not_told(self) -> None:
        over = warning(opened_at=self.NIGHT, resolved_at=self.NIGHT + HOUR)
        asked = planned(over, at=AT.replace(day=21))
        assert asked.due == ()
        assert asked.settled == (over,)


class TestEscalation:
    def test_nobody_answers_a_blocking_one(self) -> None:
        state = alert(attempts=OPENED)
        assert said(state, at=AT + 29 * MINUTE) == []
        assert said(state, at=AT + 30 * MINUTE) == [("pager-backup", "escalated")]
        assert said(state, at=AT + HOUR) == [("mail", "escalated"), ("pager-backup", "escalated")]
        assert titles(planned(state, at=AT + 30 * MINUTE).due) == [
            "No answer for 30 minutes; asked: backup: hot-rod-an: order ids are unique fails"
        ]

    def test_the_step_is_said_once(self) -> None:
        due_at = AT + 30 * MINUTE
        step = told("a", "pager-backup", f"escalated backup {due_at.isoformat()}")
        assert said(alert(attempts=(*OPENED, step)), at=AT + 40 * MINUTE) == []

    def test_who_answers_stops_it(self) -> None:
        answered = Event("acknowledged", AT + 10 * MINUTE, "ada")
        state = alert(attempts=OPENED, events=(answered,))
        assert said(state, at=AT + 119 * MINUTE) == [ANSWERED]
        assert said(state, at=AT + 120 * MINUTE) == [("mail", "escalated"), ANSWERED]
        told_so = told("a", "pager", f"acknowledged {answered.at.isoformat()}")
        state = replace(state, attempts=(*OPENED, told_so))
        assert titles(planned(state, at=AT + 2 * HOUR).due) == [
            "Not mended after 2 hours; asked: manager: hot-rod-an: order ids are unique fails"
        ]

    def test_without_a_connected_duty_the_routes_hear_it(self) -> None:
        state = alert(attempts=(told("a", "incidents"),))
        due = plan([state], AT + 30 * MINUTE, RULES, {"incidents": Traits()}).due
        assert [(each.channel, each.kind) for each in due] == [("incidents", Kind.ESCALATED)]

    def test_a_warning_has_until_the_end_of_the_day(self) -> None:
        state = warning(attempts=(told("a", "monitoring"),))
        evening = AT.replace(hour=18)
        assert said(state, at=evening - MINUTE) == []
        # After hours nobody is paged for it: Monday at 9.
        assert said(state, at=evening) == []
        [(want, until)] = planned(state, at=evening).held
        assert (want.channel, until) == ("pager-backup", AT.replace(day=23, hour=9))
        assert said(state, at=until) == [("pager-backup", "escalated")]

    def test_an_answer_is_told_to_the_pagers_that_have_the_incident(self) -> None:
        answered = Event("acknowledged", AT + 10 * MINUTE, "ada")
        state = alert(attempts=OPENED, events=(answered,))
        due = planned(state, at=AT + 11 * MINUTE).due
        assert [(each.channel, each.kind, each.incident) for each in due] == [
            ("pager", Kind.ACKNOWLEDGED, "group of a")
        ]
        assert titles(due, AT + 11 * MINUTE) == [
            "hot-rod-an: order ids are unique was acknowledged by ada"
        ]
        done = told("a", "pager", f"acknowledged {answered.at.isoformat()}")
        assert said(replace(state, attempts=(*OPENED, done)), at=AT + HOUR) == []

    def test_an_answer_before_the_escalation_does_not_silence_whom_it_is_escalated_to(self) -> None:
        answered = Event("acknowledged", AT + 10 * MINUTE, "ada")
        due, at = AT + 2 * HOUR, AT + 2 * HOUR + MINUTE
        asked = told("a", "pager-backup", f"escalated manager {due.isoformat()}", at=due)
        state = alert(attempts=(*OPENED, asked), events=(answered,))
        assert ("pager-backup", "acknowledged") not in said(state, at=at)
        assert ANSWERED in said(state, at=at)

    def test_who_was_asked_in_the_moment_of_the_answer_hears_of_it(self) -> None:
        """The round had planned what it then sent after the answer."""
        answered, sent = Event("acknowledged", AT + MINUTE, "ada"), AT + 2 * MINUTE
        opened = (told("a", "incidents"), told("a", "pager", at=sent))
        due = f"escalated backup {(AT + MINUTE).isoformat()}"
        backup = told("a", "pager-backup", due, at=sent)
        state = alert(attempts=(*opened, backup), events=(answered,))
        heard = said(state, at=AT + 3 * MINUTE)
        assert {ANSWERED, ("pager-backup", "acknowledged")} <= set(heard)

    def test_an_incident_at_the_pager_is_answered_with_its_last_alert(self) -> None:
        answered = {"events": (Event("acknowledged", AT + 10 * MINUTE, "ada"),)}
        first, second = (
            alert(name, shop_id=shop, attempts=(told(name, "pager", group_id="one group"),))
            for name, shop in (("a", "hot-rod-an"), ("b", "kyoto"))
        )
        at = AT + 11 * MINUTE
        assert ("pager", "acknowledged") not in said(replace(first, **answered), second, at=at)
        both = [replace(each, **answered) for each in (first, second)]
        [due] = [each for each in planned(*both, at=at).due if each.channel == "pager"]
        assert (due.kind, len(due.alerts)) == (Kind.ACKNOWLEDGED, 2)

    def test_an_answered_warning_is_left_alone(self) -> None:
        answered = Event("acknowledged", AT + HOUR, "ada")
        state = warning(attempts=(told("a", "monitoring"),), events=(answered,))
        assert said(state, at=AT + 5 * DAY) == []


class TestSnooze:
    UNTIL = AT + 4 * HOUR

    def snoozed(self, **changes: object) -> AlertState:
        snooze = Event("snoozed", AT + 5 * MINUTE, "ada", None, self.UNTIL)
        return alert(attempts=OPENED, events=(snooze,), **changes)

    def test_nothing_is_said_meanwhile(self) -> None:
        assert said(self.snoozed(), at=self.UNTIL - MINUTE) == []

    def test_afterwards_it_is_said_again_and_the_clocks_start_anew(self) -> None:
        again = [("incidents", "reminded"), ("pager", "reminded")]
        assert said(self.snoozed(), at=self.UNTIL) == again
        assert said(self.snoozed(), at=self.UNTIL + 30 * MINUTE) == [
            *again,
            ("pager-backup", "escalated"),
        ]

    def test_an_answer_after_the_snooze_leaves_the_clock_where_the_snooze_set_it(self) -> None:
        """Opened at 10:00, snoozed until UNTIL, answered then: two hours from there, not from 10:00."""
        answer = Event("acknowledged", self.UNTIL + MINUTE, "ada")
        state = self.snoozed()
        answered = replace(state, events=(*state.events, answer))
        assert said(answered, at=self.UNTIL + 2 * HOUR - MINUTE) == [ANSWERED]
        assert said(answered, at=self.UNTIL + 2 * HOUR) == [("mail", "escalated"), ANSWERED]

    def test_a_snooze_that_was_answered_before_its_end_sets_no_clock(self) -> None:
        answer = Event("acknowledged", AT + 6 * MINUTE, "ada")
        state = self.snoozed()
        answered = replace(state, events=(*state.events, answer))
        assert said(answered, at=AT + 2 * HOUR - MINUTE) == [ANSWERED]
        assert said(answered, at=AT + 2 * HOUR) == [("mail", "escalated"), ANSWERED]

    def test_what_passes_while_snoozed_is_told_as_over(self) -> None:
        over = self.snoozed(resolved_at=AT + HOUR)
        assert said(over, at=AT + HOUR) == [("incidents", "resolved"), ("pager", "resolved")]


class TestTheEnd:
    def test_is_told_where_the_beginning_was(self) -> None:
        over = alert(attempts=(told("a", "incidents"),), resolved_at=AT + HOUR)
        assert said(over, at=AT + HOUR) == [("incidents", "resolved")]
        assert titles(planned(over, at=AT + HOUR).due) == [
            "hot-rod-an: order ids are unique passes again"
        ]

    def test_what_was_watched_for_is_over_and_passes_nothing(self) -> None:
        about = {"subject": Subject.JOB, "check": "watch process 7 on elsewhere"}
        over = alert(attempts=(told("a", "incidents"),), resolved_at=AT + HOUR, **about)
        due = planned(over, at=AT + HOUR).due
        assert titles(due, AT + HOUR) == ["hot-rod-an: process 7 on elsewhere is over"]

    def test_a_warning_that_became_blocking_ends_on_the_pager_only(self) -> None:
        end = Event("auto_resolved", AT + HOUR, "hotdash", "became blocking")
        attempts = (told("a", "monitoring"), told("a", "pager-backup", "escalated backup"))
        over = warning(attempts=attempts, resolved_at=AT + HOUR, events=(end,))
        due = planned(over, at=AT + HOUR).due
        assert [(each.channel, each.kind) for each in due] == [("pager-backup", Kind.RESOLVED)]
        assert titles(due, AT + HOUR) == [
            "hot-rod-an: order ids are unique became blocking: told anew"
        ]

    def test_settles_it(self) -> None:
        done = (told("a", "incidents"), told("a", "incidents", "resolved"))
        over = alert(attempts=done, resolved_at=AT + HOUR)
        assert planned(over, at=AT + HOUR).settled == (over,)

    def test_a_blocking_one_that_no_channel_took_is_told_when_it_is_over(self) -> None:
        failed = told("a", "incidents", status="failed")
        over = alert(attempts=(failed,), resolved_at=AT + HOUR)
        assert said(over, at=AT + HOUR) == [("incidents", "resolved")]

    def test_a_false_alarm_is_over_at_once_and_says_whose_word_it_was(self) -> None:
        false = Event("false_alarm", AT + HOUR, "ada", "A planned sale.")
        state = alert(attempts=(told("a", "incidents"),), events=(false,))
        assert titles(planned(state, at=AT + HOUR).due) == [
            "hot-rod-an: order ids are unique was called a false alarm by ada"
        ]
        still = alert(
            attempts=(told("a", "incidents"), told("a", "incidents", "resolved")), events=(false,)
        )
        assert planned(still, at=AT + DAY) == Plan((), (), ())

    def test_an_incident_at_the_pager_ends_with_its_last_alert(self) -> None:
        group = {"group_id": "one group"}
        first = alert("a", attempts=(told("a", "pager", **group),), resolved_at=AT + HOUR)
        second = alert("b", shop_id="kyoto", attempts=(told("b", "pager", **group),))
        assert ("pager", "resolved") not in said(first, second, at=AT + HOUR)
        both = [first, alert("b", attempts=second.attempts, resolved_at=AT + HOUR)]
        [due] = [each for each in planned(*both, at=AT + HOUR).due if each.channel == "pager"]
        assert (due.kind, due.incident, len(due.alerts)) == (Kind.RESOLVED, "one group", 2)

    def test_what_nobody_took_for_three_days_is_given_up(self) -> None:
        failed = told("a", "incidents", status="failed", number=9)
        over = alert(attempts=(failed,), resolved_at=AT + HOUR)
        assert planned(over, at=AT + HOUR + 3 * DAY).settled == (over,)


class TestNotes:
    def test_a_digest_is_told_once_and_has_no_end(self) -> None:
        digest = alert(
            subject=Subject.DIGEST, severity=Severity.INFO, check="weekly_digest", resolved_at=AT
        )
        assert said(digest) == [("analytics", "opened")]
        assert titles(planned(digest).due) == ["hot-rod-an: weekly digest"]
        done = alert(
            subject=Subject.DIGEST,
            severity=Severity.INFO,
            resolved_at=AT,
            attempts=(told("a", "analytics"),),
        )
        assert planned(done) == Plan((), (), (done,))


def test_each_alert_links_to_its_runbook_and_to_its_shop() -> None:
    [due] = planned(warning()).due
    [item] = compose(due, BASE_URL, AT).items
    assert item.runbook_url == "https://dash.example.com/runbooks/order_ids_are_unique"
    assert item.shop_url == "https://dash.example.com/today?shop=hot-rod-an"


def test_what_an_older_version_told_is_told_only_as_over() -> None:
    assert said(alert(told_long_ago=True), at=AT + DAY) == []
    over = alert(told_long_ago=True, resolved_at=AT + HOUR)
    assert said(over, at=AT + HOUR) == [("incidents", "resolved")]
