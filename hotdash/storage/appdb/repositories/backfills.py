"""How backfills stand, by the newest of their events."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from hotdash.storage.appdb.models import BackfillEvent

RUNNING = "running"


def shops_backfilling(session: Session) -> set[str]:
    newest = (
        select(BackfillEvent.shop_id, BackfillEvent.status)
        .distinct(BackfillEvent.shop_id, BackfillEvent.backfill_id)
        .order_by(BackfillEvent.shop_id, BackfillEvent.backfill_id, BackfillEvent.event_id.desc())
        .subquery()
    )
    return set(session.scalars(select(newest.c.shop_id).where(newest.c.status == RUNNING)))
