"""What people do about an alert, and what follows from it."""

import pytest

from hotdash.base.errors import HotdashError
from hotdash.jobs.handle_alert import Answer
from hotdash.jobs.notify_findings import Told
from hotdash.storage.appdb.repositories.audit import list_events
from hotdash.storage.appdb.repositories.decisions import list_decisions
from tests.fixtures.alert_gate import COUNTS, MINUTE, ROD, Gate, gate

__all__ = ["gate"]


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
