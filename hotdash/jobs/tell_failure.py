"""Tell of what is no check: a job that failed, its next success, and things that are only to be known."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from hotdash.base.errors import HotdashError
from hotdash.base.logging import redact
from hotdash.jobs.alert_desk import AlertDesk
from hotdash.jobs.notify_findings import Told, end, open_found
from hotdash.jobs.send_alerts import send_alerts
from hotdash.notifications.compose import WATCHED
from hotdash.notifications.message import Severity, Subject
from hotdash.storage.appdb.repositories import alerts
from hotdash.storage.appdb.repositories.alerts import JOB, NewAlert

RUNBOOK = "jobs"
_LONGEST = 500
_MEND = "Look into the log; then run it again."
_RUNBOOKS = {Subject.JOB: RUNBOOK, Subject.DIGEST: "weekly-digest"}


@dataclass(frozen=True, slots=True)
class Note:
    """Something a shop's people are to know; of one key it is told once."""

    shop_id: str
    name: str
    sentence: str
    subject: Subject
    severity: Severity = Severity.INFO
    mend: str = ""
    owner: str = ""
    runbook: str | None = None
    key: str | None = None


def tell_failure(
    desk: AlertDesk,
    shops: Sequence[str],
    job: str,
    error: BaseException,
    *,
    severity: Severity = Severity.BLOCKING,
) -> Told:
    """One alert per shop, one message for all of them; the next success ends it: `tell_success`."""
    mend = error.hint if isinstance(error, HotdashError) else _MEND
    found = [
        NewAlert(
            shop_id=shop_id,
            check_name=_name(job),
            severity=severity.value,
            sentence=f"The job {job} failed: {_reason(error)}",
            mend=redact(mend),
            owner="data engineering",
            kind=JOB,
            runbook=RUNBOOK,
        )
        for shop_id in shops
    ]
    with desk.database.jobs() as session:
        alerts.follow_people(session)
        open_found(session, found, desk)
    return Told.of(send_alerts(desk))


def tell_success(desk: AlertDesk, shops: Sequence[str], job: str) -> Told:
    with desk.database.jobs() as session:
        for shop_id in shops:
            end(session, shop_id, JOB, [_name(job)], desk)
    return Told.of(send_alerts(desk))


def tell_watched(desk: AlertDesk, holding: Sequence[Note]) -> Told:
    """All that a watch over jobs and workers finds now: what it found before and no longer does is over."""
    found = [replace(_alert(each), check_name=WATCHED + each.name) for each in holding]
    still = {(each.shop_id, each.check_name) for each in found}
    with desk.database.jobs() as session:
        alerts.follow_people(session)
        open_found(session, found, desk)
        for shop_id, name in alerts.open_names(session, JOB, WATCHED):
            if (shop_id, name) not in still:
                end(session, shop_id, JOB, [name], desk, "is over")
    return Told.of(send_alerts(desk))


def tell(desk: AlertDesk, notes: Iterable[Note]) -> Told:
    """What is over when it happened: an approval, an end of a backfill, a drill that is due."""
    with desk.database.jobs() as session:
        alerts.note_once(session, map(_alert, notes), desk.clock.now())
    return Told.of(send_alerts(desk))


def _alert(note: Note) -> NewAlert:
    return NewAlert(
        shop_id=note.shop_id,
        check_name=note.name,
        severity=note.severity.value,
        sentence=redact(note.sentence),
        mend=redact(note.mend),
        owner=note.owner,
        kind=note.subject.value,
        runbook=note.runbook or _RUNBOOKS.get(note.subject, note.subject.value),
        group_key=note.key,
    )


def _name(job: str) -> str:
    return f"job {job}"


def _reason(error: BaseException) -> str:
    """A library's own words may hold an address with a key in it, so only ours are passed on."""
    if isinstance(error, HotdashError):
        return redact(error.message)[:_LONGEST]
    return f"an unexpected {type(error).__name__}; the log has the details."
