"""A failing check is told once, its end is told once it was asked and passed."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from hotdash.base.ids import new_id
from hotdash.jobs.handle_alert import Answer
from hotdash.jobs.notify_findings import Told, notify_findings
from hotdash.storage.appdb.models import CheckResult
from hotdash.storage.appdb.repositories.alert_events import events_of
from hotdash.storage.appdb.repositories.checks import save_check_results
from tests.fixtures.alert_gate import COUNTS, DUPLICATES, KYOTO, MINUTE, ROD, Gate, gate, result_of

__all__ = ["gate"]


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

    def test_a_departure_that_was_closed_has_no_check_and_no_alert(self, gate: Gate) -> None:
        drift = "schema_drift_shopify_orders_added_mood"
        gate.build((ROD, drift), asked=[drift])
        gate.clock.advance(MINUTE)
        gate.build()
        assert [kind for _, _, kind in gate.told()] == ["opened", "resolved"]

    def test_who_says_what_was_asked_is_believed(self, gate: Gate) -> None:
        gate.build((ROD, COUNTS))
        gate.clock.advance(MINUTE)
        notify_findings(gate.desk, new_id(), [ROD], {ROD: [DUPLICATES]})
        assert gate.alerts()[0].resolved_at is None
        notify_findings(gate.desk, new_id(), [ROD], {ROD: [COUNTS]})
        assert gate.alerts()[0].resolved_at == gate.clock.now()

    def test_beyond_the_hard_limit_the_soft_one_is_not_kept(self, gate: Gate) -> None:
        """Its check is silent then, as the graver one speaks."""
        soft, hard = "freshness_soft_shopify", "freshness_hard_shopify"
        asked = [soft, hard]
        opened = list[set[str]]()
        for failing in [(ROD, soft)], [(ROD, hard)], []:
            gate.clock.advance(MINUTE)
            gate.build(*failing, asked=asked)
            opened.append({each.check_name for each in gate.alerts() if not each.resolved_at})
        assert opened == [{soft}, {soft, hard}, set()]

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


class TestSeverity:
    @pytest.mark.parametrize(
        "answer", [None, Answer.ACKNOWLEDGE, Answer.SNOOZE, Answer.FALSE_ALARM]
    )
    def test_a_warning_that_becomes_blocking_is_told_at_once(
        self, gate: Gate, answer: Answer | None
    ) -> None:
        gate.build((ROD, COUNTS), severity="warning")
        if answer:
            until = {"until": gate.clock.now() + timedelta(days=2)}
            gate.handle(answer, **(until if answer is Answer.SNOOZE else {}))
        before = len(gate.lines())
        gate.clock.advance(MINUTE)
        gate.build((ROD, COUNTS), severity="blocking")
        gate.build((ROD, COUNTS), severity="blocking")

        told = [(line["kind"], line["severity"]) for line in gate.lines()]
        new = told[before:] if answer is not Answer.FALSE_ALARM else told[-1:]
        assert new == [("opened", "blocking")]
        assert [kind for kind, _ in told].count("opened") == 2
        risen, old = gate.alerts()
        assert (risen.severity, risen.resolved_at) == ("blocking", None)
        assert (old.severity, old.resolved_at) == ("warning", gate.clock.now())
        with gate.desk.database.jobs() as session:
            last = events_of(session, [old.alert_id])[-1]
        assert (last.event, last.note) == ("auto_resolved", "became blocking")

    def test_a_blocking_one_that_only_warns_keeps_its_alert(self, gate: Gate) -> None:
        gate.build((ROD, COUNTS))
        gate.build((ROD, COUNTS), severity="warning")
        [kept] = gate.alerts()
        assert (kept.severity, kept.resolved_at) == ("warning", None)


def test_an_overridden_warning_is_over_until_the_override_expires(gate: Gate) -> None:
    gate.build((ROD, COUNTS), severity="warning")
    for overridden in True, False:
        gate.clock.advance(MINUTE)
        build_id = new_id()
        with gate.desk.database.jobs() as session:
            result = result_of(ROD, COUNTS, "warning", failed=True)
            save_check_results(session, build_id, [result], gate.clock.now())
            if overridden:
                session.execute(
                    update(CheckResult)
                    .where(CheckResult.build_id == build_id)
                    .values(override_id=new_id())
                )
        gate.notify(build_id)
    assert [kind for _, _, kind in gate.told()] == ["opened", "resolved", "opened"]
