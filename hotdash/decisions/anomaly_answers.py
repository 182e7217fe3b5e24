"""What is said of an anomaly: appended to it, and to the audit log in the same transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from hotdash.base.errors import ConflictError
from hotdash.storage.appdb.repositories import audit
from hotdash.storage.appdb.repositories.anomalies import (
    EXPLAINED,
    FALSE_ALARM,
    AnomalyEventRecord,
    AnomalyRecord,
    add_anomaly_event,
    find_anomaly,
)

AUDITED = "answer_anomaly"
ENDED = frozenset({EXPLAINED, FALSE_ALARM})


@dataclass(frozen=True, slots=True)
class Saying:
    state: str
    actor: str
    assignee: str | None = None
    note: str | None = None
    request_id: str | None = None


def say(session: Session, record: AnomalyRecord, said: Saying, now: datetime) -> None:
    about = record.about
    add_anomaly_event(
        session,
        AnomalyEventRecord(
            *(about.shop_id, record.anomaly_id, now, said.actor, said.state),
            *(said.assignee, said.note),
        ),
    )
    audit.add_event(
        session,
        shop_id=about.shop_id,
        actor=said.actor,
        action=AUDITED,
        subject=str(record.anomaly_id),
        at=now,
        detail={"series": about.key, "day": about.day.isoformat(), "state": said.state},
        request_id=said.request_id,
    )


def require_unended(
    session: Session, shop_id: str, anomalies: Sequence[str]
) -> list[AnomalyRecord]:
    """Those that nobody ended meanwhile: what has ended stays as it ended, and where all have there is nothing to say."""
    known = [find_anomaly(session, shop_id, named) for named in anomalies]
    waiting = [each for each in known if each.state not in ENDED]
    if known and not waiting:
        how = " and ".join(sorted({each.state.replace("_", " ") for each in known}))
        raise ConflictError(
            f"This is {how} already: it was answered on its own page.",
            hint="Nothing is left to do; look into the queue again.",
            field="recommendation",
        )
    return waiting
