"""What is told about a backfill beside its banner: a copy of every word to the audit channel, mail for long ones."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from hotdash.base.clock import Clock, iso_utc
from hotdash.base.errors import HotdashError
from hotdash.base.logging import get_logger
from hotdash.notifications.message import Severity, Subject
from hotdash.pipeline.backfill.status import Status
from hotdash.storage.appdb.repositories import alerts
from hotdash.storage.appdb.repositories.backfills import EventRecord
from hotdash.storage.appdb.session import Database

MAIL_FROM_DAYS = 8
_MAILED = (Status.RUNNING, Status.COMPLETED, Status.FAILED, Status.ROLLED_BACK)
_log = get_logger(__name__)


class Where(StrEnum):
    """Rules tell the two apart by these names."""

    AUDIT = "backfill"
    MAIL = "backfill_of_many_days"


@dataclass(frozen=True, slots=True)
class BackfillNotice:
    where: Where
    shop_id: str
    backfill_id: str
    at: datetime
    title: str
    body: str


Herald = Callable[[Sequence[BackfillNotice]], None]


def notices_of(events: Sequence[EventRecord]) -> list[BackfillNotice]:
    """A resumed or shown-but-not-merged backfill is no news to those who read mail."""
    return [
        BackfillNotice(
            where, event.shop_id, str(event.backfill_id), event.at, _title(event), _body(event)
        )
        for event in events
        for where in Where
        if where is Where.AUDIT or _is_mailed(event)
    ]


def log_notices(notices: Sequence[BackfillNotice]) -> None:
    """The herald where no channel is configured."""
    for notice in notices:
        _log.info(
            "backfill_notice",
            where=notice.where.value,
            shop_id=notice.shop_id,
            backfill_id=notice.backfill_id,
            title=notice.title,
        )


def keep_notices(database: Database, clock: Clock) -> Herald:
    """For whoever sends: a worker every minute, or the next run. What cannot be kept stops no backfill."""

    def keep(notices: Sequence[BackfillNotice]) -> None:
        log_notices(notices)
        try:
            with database.jobs() as session:
                alerts.note_once(session, map(_note, notices), clock.now())
        except HotdashError as error:
            _log.error("backfill_notices_not_kept", error=str(error))

    return keep


def _note(notice: BackfillNotice) -> alerts.NewAlert:
    return alerts.NewAlert(
        shop_id=notice.shop_id,
        check_name=notice.where.value,
        severity=Severity.INFO.value,
        sentence=f"{notice.title}. {notice.body}",
        mend="",
        owner="",
        kind=Subject.BACKFILL.value,
        runbook="backfill",
        group_key=f"{notice.backfill_id} {iso_utc(notice.at)} {notice.title}",
    )


def _is_mailed(event: EventRecord) -> bool:
    days = (event.date_to - event.date_from).days + 1
    is_news = event.status != Status.RUNNING or event.detail.get("began") is True
    return days >= MAIL_FROM_DAYS and event.status in _MAILED and is_news


def _title(event: EventRecord) -> str:
    said = event.status.replace("_", " ")
    return f"Backfill of {event.shop_id}, {event.date_from} to {event.date_to}: {said}"


def _body(event: EventRecord) -> str:
    by = event.detail.get("by", event.triggered_by)
    lines = [f"{event.reason.rstrip('.')}. Asked by {event.triggered_by}; now said by {by}."]
    if event.status == Status.RUNNING:
        lines.append("Numbers of these days are provisional until it ends.")
    if event.approved_by:
        lines.append(f"Approved by {event.approved_by}.")
    if event.deviation:
        lines.append(f"Deviation: {event.deviation}")
    if event.rows_affected is not None:
        lines.append(f"{event.rows_affected} rows in {event.duration_seconds} s.")
    return " ".join(lines)
