"""Once a week, what nobody has to be told at once."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hotdash.base.clock import FixedClock
from hotdash.jobs.handle_alert import Answer
from hotdash.jobs.job_table import SCHEDULE
from hotdash.jobs.notify_findings import Told
from hotdash.jobs.weekly_digest import NAME, ZONE, weekly_digest
from tests.fixtures.alert_gate import COUNTS, DUPLICATES, KYOTO, ROD, Gate, gate

__all__ = ["gate"]


def test_the_digest_says_what_the_week_brought(gate: Gate) -> None:
    gate.build((ROD, COUNTS))
    gate.handle(Answer.FALSE_ALARM)
    gate.build((KYOTO, COUNTS), asked=[COUNTS])
    gate.build((ROD, DUPLICATES), severity="info", asked=[DUPLICATES])
    gate.path.unlink()

    assert weekly_digest(gate.desk) == Told(opened=1)
    assert weekly_digest(gate.desk) == Told()
    [line] = gate.lines()
    assert line["title"] == "hot-rod-an, kustom-kyoto: weekly digest"
    rod, kyoto = sorted(line["alerts"], key=lambda each: each["shop"])  # type: ignore[index]
    assert rod["sentence"] == (  # type: ignore[index]
        "1 blocking and 0 warning alerts in a week, 1 of them false. "
        "None is open. duplicate orders, 1×: It differs."
    )
    assert kyoto["sentence"] == (  # type: ignore[index]
        "1 blocking and 0 warning alerts in a week, 0 of them false. "
        "Still open: order counts reconcile."
    )


def test_every_week_is_told_where_the_hour_is_sunday_in_winter_and_monday_in_summer(
    gate: Gate,
) -> None:
    """07:00 in UTC is 00:00 of Monday in Los Angeles until November, and 23:00 of Sunday after it."""
    [scheduled] = [each for each in SCHEDULE if each.name == NAME]
    assert scheduled.timezone == ZONE.key
    rules = gate.desk.rules.model_copy(update={"timezone": "America/Los_Angeles"})
    kept = list[int]()
    at = datetime(2026, 10, 26, 7, tzinfo=UTC)
    for _ in range(3):
        for asked_at in at, at + timedelta(days=6):
            weekly_digest(replace(gate.desk, rules=rules, clock=FixedClock(asked_at)))
            kept.append(len(gate.alerts()))
        at = scheduled.next_slot(at)
    assert at == datetime(2026, 10, 26, 7, tzinfo=UTC) + timedelta(weeks=3)
    assert kept == [2, 2, 4, 4, 6, 6], "one of each of the two shops, every week"
