"""Once a week, what nobody has to be told at once: information, what is still open, and how often it was a false alarm."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from hotdash.insights.anomalies.keeping import headline_of
from hotdash.jobs.alert_desk import AlertDesk, states_of
from hotdash.jobs.notify_findings import Told
from hotdash.jobs.tell_failure import Note, tell
from hotdash.notifications.compose import words
from hotdash.notifications.figures import monday_of
from hotdash.notifications.message import Severity, Subject
from hotdash.notifications.standing import standing_of
from hotdash.storage.appdb.repositories import alert_events, alerts, anomalies
from hotdash.storage.appdb.repositories.alert_information import information_since
from hotdash.storage.appdb.repositories.shops import list_shops

NAME = "weekly_digest"
RUNBOOK = "weekly-digest"
MOST_UNUSUAL = 8
# The timezone of its schedule: by the office's own, its hour lies now in one week, now in another.
ZONE = ZoneInfo("UTC")
_WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class _Week:
    since: datetime
    until: datetime
    key: str


def weekly_digest(desk: AlertDesk) -> Told:
    """Asked as often as one likes: each shop's week is told once."""
    now = desk.clock.now()
    week = _Week(now - _WEEK, now, f"{NAME} {monday_of(now, ZONE)}")
    with desk.database.jobs() as session:
        notes = [_note(session, shop.shop_id, week) for shop in list_shops(session)]
    return tell(desk, notes)


def _note(session: Session, shop_id: str, week: _Week) -> Note:
    return Note(
        shop_id=shop_id,
        name=NAME,
        sentence=_sentence(session, shop_id, week),
        subject=Subject.DIGEST,
        severity=Severity.INFO,
        runbook=RUNBOOK,
        key=week.key,
    )


def _sentence(session: Session, shop_id: str, week: _Week) -> str:
    known = states_of(session, alerts.list_alerts(session, [shop_id], closed=True, limit=1000))
    told = [each for each in known if each.subject is not Subject.DIGEST]
    opened = Counter(each.severity.value for each in told if each.opened_at >= week.since)
    still = [words(each.check) for each in told if not standing_of(each, week.until).is_over]
    false = len(alert_events.false_alarms(session, [shop_id], week.since))
    parts = [
        f"{opened['blocking']} blocking and {opened['warning']} warning alerts in a week, "
        f"{false} of them false.",
        f"Still open: {', '.join(still)}." if still else "None is open.",
    ]
    unusual = anomalies.list_anomalies(session, shop_id, since=week.since.date())
    if unusual:
        parts.append(f"Out of the ordinary, {len(unusual)} times; the newest first:")
        parts += [headline_of(each) for each in unusual[:MOST_UNUSUAL]]
    information = information_since(session, shop_id, week.since)
    parts += [f"{words(each.check_name)}, {each.times}×: {each.sentence}" for each in information]
    return " ".join(parts)
