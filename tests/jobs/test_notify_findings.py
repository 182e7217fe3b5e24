"""A failing check is told once, its end is told once it was asked and passed, and nothing undelivered is lost."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import update

from hotdash.base.clock import FixedClock
from hotdash.base.errors import HotdashError
from hotdash.base.ids import new_id
from hotdash.jobs.alert_desk import AlertDesk, OpenChannel
from hotdash.jobs.handle_alert import Answer, Handling, handle_alert
from hotdash.jobs.notify_findings import Told, notify_findings
from hotdash.jobs.send_alerts import Sent, send_alerts
from hotdash.jobs.tell_failure import Note, tell, tell_failure, tell_success, tell_watched
from hotdash.jobs.weekly_digest import weekly_digest
from hotdash.notifications.channels.registry import channel_kind
from hotdash.notifications.message import Kind, Message, Severity, Subject
from hotdash.notifications.rules_file import parse_rules
from hotdash.notifications.wanted import Traits
from hotdash.storage.appdb.models import CheckResult
from hotdash.storage.appdb.repositories.alert_deliveries import (
    DeliveryRecord,
    deliveries_of,
    sending_alone,
)
from hotdash.storage.appdb.repositories.alerts import AlertRecord, list_alerts
from hotdash.storage.appdb.repositories.audit import list_events
from hotdash.storage.appdb.repositories.checks import CheckRecord, save_check_results
from hotdash.storage.appdb.repositories.decisions import list_decisions
from hotdash.storage.appdb.session import Database
from tests.fixtures.alerts import file_desk
from tests.fixtures.receivers import HOOK, ROUTING_KEY, SECRET, Receiver, receiving
from tests.fixtures.shops import SeededShop

COUNTS, DUPLICATES = "order_counts_reconcile", "duplicate_orders"
ROD, KYOTO = "hot-rod-an", "kustom-kyoto"
MINUTE = timedelta(minutes=1)


class Gate:
    """One build after the other, each with the checks that fail in it and those that were asked."""

    def __init__(self, desk: AlertDesk, clock: FixedClock, path: Path) -> None:
        self.desk = desk
        self.clock = clock
        self.path = path

    def build(
        self,
        *failing: tuple[str, str],
        severity: str = "blocking",
        asked: Sequence[str] = (COUNTS, DUPLICATES),
    ) -> Told:
        build_id = new_id()
        results = [
            _result(shop, check, severity, failed=(shop, check) in failing)
            for shop in (ROD, KYOTO)
            for check in asked
        ]
        with self.desk.database.jobs() as session:
            save_check_results(session, build_id, results, self.clock.now())
        return self.notify(build_id)

    def notify(self, build_id: UUID) -> Told:
        return notify_findings(self.desk, build_id, (ROD, KYOTO))

    def lines(self) -> list[Mapping[str, str]]:
        return [*map(json.loads, self.path.read_text().splitlines())] if self.path.exists() else []

    def told(self) -> list[tuple[str, str, str]]:
        return [
            (each["shop"], each["check"], str(line["kind"]))
            for line in self.lines()
            for each in line["alerts"]  # type: ignore[union-attr]
        ]

    def alerts(self) -> list[AlertRecord]:
        with self.desk.database.jobs() as session:
            return list_alerts(session, None, closed=True)

    def deliveries(self) -> list[DeliveryRecord]:
        ids = [each.alert_id for each in self.alerts()]
        with self.desk.database.jobs() as session:
            return deliveries_of(session, ids)

    def handle(self, answer: Answer, note: str = "A planned sale.", **more: object) -> None:
        handling = replace(Handling(answer, "user:ada", note), **more)
        with self.desk.database.jobs() as session:
            [alert] = list_alerts(session, None)
            handle_alert(session, alert, handling, self.clock.now())


def _result(shop: str, check: str, severity: str, *, failed: bool) -> CheckRecord:
    if not failed:
        return CheckRecord(shop, check, severity, "passed")
    told = ("fct_revenue",), 3, "It differs.", "Mend it.", "me"
    return CheckRecord(shop, check, severity, "failed", *told)


@pytest.fixture
def gate(
    database: Database,
    two_shops: tuple[SeededShop, SeededShop],
    clock: FixedClock,
    tmp_path: Path,
) -> Gate:
    del two_shops
    path = tmp_path / "out" / "notifications.ndjson"
    return Gate(file_desk(database, clock, path), clock, path)


class TestOnce:
    def test_however_many_builds_fail(self, gate: Gate) -> None:
        told = [gate.build((ROD, COUNTS)) for _ in range(3)]

        assert told == [Told(opened=1), Told(), Told()]
        assert gate.told() == [(ROD, COUNTS, "opened")]

    def test_one_check_of_two_shops_is_one_message(self, gate: Gate) -> None:
        gate.build((ROD, COUNTS), (ROD, DUPLICATES), (KYOTO, COUNTS))

        assert sorted(line["title"] for line in gate.lines()) == [
            "hot-rod-an, kustom-kyoto: order counts reconcile fails",
            "hot-rod-an: duplicate orders fails",
        ]
        assert len(gate.told()) == 3

    def test_passing_again_is_told_once_and_failing_anew_too(self, gate: Gate) -> None:
        for failing in [(ROD, COUNTS)], [], [], [(ROD, COUNTS)]:
            gate.clock.advance(MINUTE)
            gate.build(*failing)

        assert [kind for _, _, kind in gate.told()] == ["opened", "resolved", "opened"]

    def test_a_check_that_was_not_asked_keeps_its_alert(self, gate: Gate) -> None:
        """One that is asked once a day does not resolve itself with the next run."""
        gate.build((ROD, COUNTS))
        gate.clock.advance(MINUTE)
        gate.build(asked=[DUPLICATES])
        assert [each.resolved_at for each in gate.alerts()] == [None]
        gate.clock.advance(MINUTE)
        gate.build(asked=[COUNTS])
        assert [each.resolved_at for each in gate.alerts()] == [gate.clock.now()]

    def test_who_says_what_was_asked_is_believed(self, gate: Gate) -> None:
        gate.build((ROD, COUNTS))
        gate.clock.advance(MINUTE)
        notify_findings(gate.desk, new_id(), [ROD], {ROD: [DUPLICATES]})
        assert gate.alerts()[0].resolved_at is None
        notify_findings(gate.desk, new_id(), [ROD], {ROD: [COUNTS]})
        assert gate.alerts()[0].resolved_at == gate.clock.now()

    def test_information_is_not_told_by_itself(self, gate: Gate) -> None:
        assert gate.build((ROD, COUNTS), severity="info") == Told()
        assert gate.alerts() == []

    def test_the_message_says_what_to_do(self, gate: Gate) -> None:
        gate.build((ROD, COUNTS))

        (line,) = gate.lines()
        assert line["title"] == "hot-rod-an: order counts reconcile fails"
        assert (line["sentence"], line["mend"], line["owner"]) == ("It differs.", "Mend it.", "me")
        assert line["runbook"] == "https://dash.example.com/runbooks/order_counts_reconcile"
        assert line["page"] == "https://dash.example.com/today?shop=hot-rod-an"


class TestDelivery:
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


def test_a_vendor_that_is_down_hears_it_later_and_the_others_once(gate: Gate) -> None:
    with vendors(gate) as (watched, receiver):
        receiver.down = 503
        assert watched.build((ROD, COUNTS)) == Told(undelivered=3)
        receiver.down = 0
        watched.clock.advance(MINUTE)
        assert watched.build((ROD, COUNTS)) == Told(opened=3)
        watched.clock.advance(MINUTE)
        assert watched.build((ROD, COUNTS)) == Told()


class TestJobs:
    def test_a_job_that_fails_is_told_once_and_its_success_too(self, gate: Gate) -> None:
        error = HotdashError("The disk is full.", hint="Free some space.")
        told = [tell_failure(gate.desk, [ROD, KYOTO], "refresh", error) for _ in range(2)]
        assert told == [Told(opened=1), Told()]
        [line] = gate.lines()
        assert line["title"] == "hot-rod-an, kustom-kyoto: job refresh fails"
        assert line["alerts"][0]["sentence"] == "The job refresh failed: The disk is full."  # type: ignore[index]
        gate.clock.advance(MINUTE)
        assert tell_success(gate.desk, [ROD, KYOTO], "refresh") == Told(resolved=1)
        assert tell_success(gate.desk, [ROD, KYOTO], "refresh") == Told()

    def test_a_build_does_not_end_a_jobs_alert(self, gate: Gate) -> None:
        tell_failure(gate.desk, [ROD], "refresh", ValueError("x"))
        gate.build()
        assert gate.alerts()[0].resolved_at is None

    def test_words_of_a_library_are_not_passed_on(self, gate: Gate) -> None:
        error = ValueError("postgresql://hotdash:pa55word@db/x")
        tell_failure(gate.desk, [ROD], "refresh", error)
        assert gate.lines()[0]["sentence"] == (
            "The job refresh failed: an unexpected ValueError; the log has the details."
        )

    def test_what_comes_as_text_is_passed_on_without_its_keys(self, gate: Gate) -> None:
        tell_failure(gate.desk, [ROD], "refresh", "at postgresql://hotdash:pa55word@db/x")
        sentence = gate.lines()[0]["sentence"]
        assert sentence == "The job refresh failed: at postgresql://hotdash:***@db/x"

    def test_what_a_watch_no_longer_finds_is_over(self, gate: Gate) -> None:
        late = Note(ROD, "nightly is overdue", "It was due at 2.", Subject.JOB, Severity.WARNING)
        dead = replace(late, name="worker w1 is gone")
        gate.build((ROD, COUNTS))
        told = list[Told]()
        for holding in [late, dead], [late], []:
            gate.clock.advance(MINUTE)
            told.append(tell_watched(gate.desk, holding))
        assert told == [Told(opened=1), Told(resolved=1), Told(resolved=1)]
        assert [each.check_name for each in gate.alerts() if not each.resolved_at] == [COUNTS]


def test_an_overridden_warning_is_over_until_the_override_expires(gate: Gate) -> None:
    gate.build((ROD, COUNTS), severity="warning")
    for overridden in True, False:
        gate.clock.advance(MINUTE)
        build_id = new_id()
        with gate.desk.database.jobs() as session:
            result = _result(ROD, COUNTS, "warning", failed=True)
            save_check_results(session, build_id, [result], gate.clock.now())
            if overridden:
                session.execute(
                    update(CheckResult)
                    .where(CheckResult.build_id == build_id)
                    .values(override_id=new_id())
                )
        gate.notify(build_id)
    assert [kind for _, _, kind in gate.told()] == ["opened", "resolved", "opened"]


def test_a_note_is_told_once_by_its_key(gate: Gate) -> None:
    note = Note(ROD, "backfill approved", "Ada approved it.", Subject.BACKFILL, key="plan-1")
    assert [tell(gate.desk, [note]) for _ in range(2)] == [Told(opened=1), Told()]
    [line] = gate.lines()
    assert (line["title"], line["sentence"]) == (
        "hot-rod-an: backfill approved",
        "Ada approved it.",
    )


class TestPeople:
    def test_who_acknowledges_is_named_and_audited(self, gate: Gate) -> None:
        gate.build((ROD, COUNTS))
        gate.handle(Answer.ACKNOWLEDGE, request_id="r-1")
        with gate.desk.database.jobs() as session:
            [event] = list_events(session, ROD)
            assert (event.action, event.actor, event.request_id) == (
                "acknowledge_alert",
                "user:ada",
                "r-1",
            )

    def test_what_is_resolved_and_fails_again_is_a_new_alert(self, gate: Gate) -> None:
        gate.build((ROD, COUNTS))
        gate.clock.advance(MINUTE)
        gate.handle(Answer.RESOLVE)
        gate.clock.advance(MINUTE)
        gate.build((ROD, COUNTS))
        titles = [line["title"] for line in gate.lines()]
        assert sorted(titles) == [
            "hot-rod-an: order counts reconcile fails",
            "hot-rod-an: order counts reconcile fails",
            "hot-rod-an: order counts reconcile was resolved by user:ada",
        ]
        with gate.desk.database.jobs() as session:
            [decision] = list_decisions(session, ROD)
        assert (decision.action, decision.rationale) == ("alerts.resolve", "A planned sale.")

    def test_a_false_alarm_stays_silent_until_the_check_has_passed(self, gate: Gate) -> None:
        gate.build((ROD, COUNTS))
        gate.clock.advance(MINUTE)
        gate.handle(Answer.FALSE_ALARM)
        for failing in [(ROD, COUNTS)], [(ROD, COUNTS)], []:
            gate.clock.advance(MINUTE)
            gate.build(*failing)
        assert [kind for _, _, kind in gate.told()] == ["opened", "resolved"]
        gate.build((ROD, COUNTS))
        assert [kind for _, _, kind in gate.told()] == ["opened", "resolved", "opened"]

    def test_a_snooze_is_silent_and_then_over(self, gate: Gate) -> None:
        gate.build((ROD, COUNTS))
        gate.handle(Answer.SNOOZE, until=gate.clock.now() + 60 * MINUTE)
        gate.clock.advance(59 * MINUTE)
        assert gate.build((ROD, COUNTS)) == Told()
        gate.clock.advance(MINUTE)
        gate.build((ROD, COUNTS))
        assert [kind for _, _, kind in gate.told()] == ["opened", "reminded"]

    @pytest.mark.parametrize(
        ("answer", "note", "minutes", "field"),
        [
            (Answer.RESOLVE, "  ", None, "reason"),
            (Answer.FALSE_ALARM, "", None, "reason"),
            (Answer.ACKNOWLEDGE, "x" * 2001, None, "reason"),
            (Answer.SNOOZE, "", None, "until"),
            (Answer.SNOOZE, "", -1, "until"),
            (Answer.SNOOZE, "", 60 * 24 * 15, "until"),
        ],
    )
    def test_what_says_nothing_is_refused(
        self, gate: Gate, answer: Answer, note: str, minutes: int | None, field: str
    ) -> None:
        gate.build((ROD, COUNTS))
        until = gate.clock.now() + minutes * MINUTE if minutes is not None else None
        with pytest.raises(HotdashError) as told:
            gate.handle(answer, note, until=until)
        assert told.value.field == field

    def test_what_is_over_is_not_answered(self, gate: Gate) -> None:
        gate.build((ROD, COUNTS))
        gate.handle(Answer.FALSE_ALARM)
        with pytest.raises(HotdashError, match="was called a false alarm, by user:ada"):
            gate.handle(Answer.ACKNOWLEDGE)


def test_the_digest_says_what_the_week_brought(gate: Gate) -> None:
    gate.build((ROD, COUNTS))
    gate.handle(Answer.FALSE_ALARM)
    gate.build((ROD, DUPLICATES), severity="info", asked=[DUPLICATES])
    gate.path.unlink()

    assert weekly_digest(gate.desk) == Told(opened=1)
    assert weekly_digest(gate.desk) == Told()
    [line] = gate.lines()
    assert line["title"] == "hot-rod-an, kustom-kyoto: weekly digest"
    rod, kyoto = sorted(line["alerts"], key=lambda each: each["shop"])  # type: ignore[index]
    assert rod["sentence"] == (  # type: ignore[index]
        "1 blocking and 0 warning alerts in a week, 1 of them false. "
        "Still open: order counts reconcile. duplicate orders, 1×: It differs."
    )
    assert kyoto["sentence"] == (  # type: ignore[index]
        "0 blocking and 0 warning alerts in a week, 0 of them false. None is open."
    )
