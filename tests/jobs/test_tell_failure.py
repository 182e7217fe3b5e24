"""What is no check is told as well: jobs, watches and notes."""

from dataclasses import replace

from hotdash.base.errors import HotdashError
from hotdash.jobs.notify_findings import Told
from hotdash.jobs.tell_failure import Note, tell, tell_failure, tell_success, tell_watched
from hotdash.notifications.message import Severity, Subject
from tests.fixtures.alert_gate import COUNTS, KYOTO, MINUTE, ROD, Gate, gate

__all__ = ["gate"]


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

    def test_our_own_words_are_passed_on_without_keys_and_with_their_mend(self, gate: Gate) -> None:
        address = "postgresql://hotdash:pa55word@db/x"
        error = HotdashError(f"Nothing at {address}.", hint=f"Start {address}.")
        tell_failure(gate.desk, [ROD], "refresh", error)
        [line] = gate.lines()
        assert (
            line["sentence"] == "The job refresh failed: Nothing at postgresql://hotdash:***@db/x."
        )
        assert line["mend"] == "Start postgresql://hotdash:***@db/x."

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


def test_a_note_is_told_once_by_its_key(gate: Gate) -> None:
    note = Note(ROD, "backfill approved", "Ada approved it.", Subject.BACKFILL, key="plan-1")
    assert [tell(gate.desk, [note]) for _ in range(2)] == [Told(opened=1), Told()]
    [line] = gate.lines()
    assert (line["title"], line["sentence"]) == (
        "hot-rod-an: backfill approved",
        "Ada approved it.",
    )
