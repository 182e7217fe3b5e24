"""What a person does about an alert: appended to it, and to the audit log in the same transaction."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy.orm import Session

from hotdash.base.clock import iso_utc
from hotdash.base.errors import ConflictError, HotdashError
from hotdash.decisions.log import Action, Decision, Scope, record_decision
from hotdash.jobs.alert_desk import states_of
from hotdash.notifications.message import AlertState
from hotdash.notifications.standing import Standing, Status, standing_of
from hotdash.storage.appdb.repositories import audit
from hotdash.storage.appdb.repositories.alert_events import AlertEventRecord, add_alert_event
from hotdash.storage.appdb.repositories.alerts import AlertRecord

LONGEST_SNOOZE = timedelta(days=14)
LONGEST_NOTE = 2000


class Answer(StrEnum):
    ACKNOWLEDGE = "acknowledged"
    SNOOZE = "snoozed"
    RESOLVE = "resolved"
    FALSE_ALARM = "false_alarm"


_AUDITED = {
    Answer.ACKNOWLEDGE: "acknowledge_alert",
    Answer.SNOOZE: "snooze_alert",
    Answer.RESOLVE: "resolve_alert",
    Answer.FALSE_ALARM: "call_false_alarm",
}
_DECISIONS = {
    Answer.RESOLVE: Action.RESOLVE_ALERT,
    Answer.FALSE_ALARM: Action.CALL_FALSE_ALARM,
}


class AnswerError(HotdashError):
    code = "invalid_answer"


@dataclass(frozen=True, slots=True)
class Handling:
    answer: Answer
    actor: str
    note: str = ""
    until: datetime | None = None
    request_id: str | None = None


def handle_alert(
    session: Session, alert: AlertRecord, handling: Handling, now: datetime
) -> AlertState:
    """How the alert stands afterwards. Ends need a reason, which is kept as a decision."""
    note = handling.note.strip()
    _require_usable(handling, note, now)
    [state] = states_of(session, [alert])
    _require_open(standing_of(state, now))
    add_alert_event(
        session,
        AlertEventRecord(
            alert.shop_id,
            alert.alert_id,
            now,
            handling.answer.value,
            handling.actor,
            note or None,
            handling.until if handling.answer is Answer.SNOOZE else None,
        ),
    )
    _record(session, alert, handling, note, now)
    [after] = states_of(session, [alert])
    return after


def _record(
    session: Session, alert: AlertRecord, handling: Handling, note: str, now: datetime
) -> None:
    until = {"until": iso_utc(handling.until)} if handling.until else {}
    audit.add_event(
        session,
        shop_id=alert.shop_id,
        actor=handling.actor,
        action=_AUDITED[handling.answer],
        subject=str(alert.alert_id),
        at=now,
        detail={"check": alert.check_name, **until},
        request_id=handling.request_id,
    )
    action = _DECISIONS.get(handling.answer)
    if action is not None:
        decision = Decision(
            alert.shop_id,
            Scope.ALERTS,
            action,
            handling.actor,
            str(alert.alert_id),
            note,
            shown={"check": alert.check_name, "sentence": alert.sentence},
            request_id=handling.request_id,
        )
        record_decision(session, decision, now)


def _require_open(standing: Standing) -> None:
    if standing.is_over:
        what = "was called a false alarm" if standing.status is Status.FALSE_ALARM else "is over"
        raise ConflictError(
            f"This alert {what}{f', by {standing.by}' if standing.by else ''}.",
            hint="Nothing is left to do; if the check fails again, that is a new alert.",
            field="alert",
        )


def _require_usable(handling: Handling, note: str, now: datetime) -> None:
    if len(note) > LONGEST_NOTE:
        raise AnswerError(
            f"The reason has {len(note)} characters.",
            hint=f"Say it in {LONGEST_NOTE} or fewer.",
            field="reason",
        )
    if handling.answer in _DECISIONS and not note:
        raise AnswerError(
            "An alert is not ended without a reason.",
            hint="Say in a sentence what it was; it is kept with the decision.",
            field="reason",
        )
    if handling.answer is Answer.SNOOZE:
        _require_soon(handling.until, now)


def _require_soon(until: datetime | None, now: datetime) -> None:
    latest = now + LONGEST_SNOOZE
    if until is None or not now < until <= latest:
        told = iso_utc(until) if until else "nothing"
        raise AnswerError(
            f"An alert cannot be snoozed until {told}.",
            hint=f"Name a moment after now and not after {iso_utc(latest)}.",
            field="until",
        )
