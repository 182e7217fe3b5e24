"""Once a week, what nobody has to be told at once."""

from hotdash.jobs.handle_alert import Answer
from hotdash.jobs.notify_findings import Told
from hotdash.jobs.weekly_digest import weekly_digest
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
