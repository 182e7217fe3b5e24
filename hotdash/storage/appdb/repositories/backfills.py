"""How backfills stand, by the newest of their events."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import Session

from hotdash.storage.appdb.models import BackfillEvent

RUNNING = "running"


def shops_backfilling(session: Session) -> set[str]:
    of_one = (BackfillEvent.shop_id, BackfillEvent.backfill_id)
    newest = (
        select(BackfillEvent.shop_id, BackfillEvent.status)
        .ext(distinct_on(*of_one))
        .order_by(*of_one, BackfillEvent.event_id.desc())
        .subquery()
    )
    return set(session.scalars(select(newest.c.shop_id).where(newest.c.status == RUNNING)))
