"""The retention policy where pg_cron reads it."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Session

from hotdash.storage.appdb.models.retention import NotedDays


def note_days(session: Session, days: Mapping[str, int], at: datetime) -> None:
    session.execute(delete(NotedDays).where(NotedDays.name.not_in(days)))
    told = upsert(NotedDays).values(
        [{"name": name, "days": kept, "noted_at": at} for name, kept in days.items()]
    )
    session.execute(
        told.on_conflict_do_update(
            index_elements=[NotedDays.name],
            set_={"days": told.excluded.days, "noted_at": told.excluded.noted_at},
        )
    )
