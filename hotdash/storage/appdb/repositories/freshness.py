"""Up to which instant a source's data is here in full, and how late each shop lets it be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hotdash.storage.appdb.models import Freshness, FreshnessLimitRow


@dataclass(frozen=True, slots=True)
class LimitRecord:
    shop_id: str
    source: str
    soft_minutes: int
    hard_minutes: int
    decided_at: datetime
    decided_by: str
    reason: str


def save_freshness(
    session: Session, shop_id: str, source: str, complete_through: datetime, *, at: datetime
) -> None:
    """It never goes back: an older load that ends later does not make the data older."""
    statement = insert(Freshness).values(
        shop_id=shop_id, source=source, complete_through=complete_through, updated_at=at
    )
    newest = func.greatest(Freshness.complete_through, statement.excluded.complete_through)
    session.execute(
        statement.on_conflict_do_update(
            index_elements=[Freshness.shop_id, Freshness.source],
            set_={"complete_through": newest, "updated_at": statement.excluded.updated_at},
        )
    )


def freshness_of(session: Session, shop_id: str) -> Mapping[str, datetime]:
    rows = session.execute(
        select(Freshness.source, Freshness.complete_through).where(Freshness.shop_id == shop_id)
    )
    return {row.source: row.complete_through for row in rows}


def decide_limit(session: Session, limit: LimitRecord) -> None:
    """Added, never changed: the newest one holds."""
    session.execute(
        insert(FreshnessLimitRow).values(
            shop_id=limit.shop_id,
            source=limit.source,
            decided_at=limit.decided_at,
            soft_minutes=limit.soft_minutes,
            hard_minutes=limit.hard_minutes,
            decided_by=limit.decided_by,
            reason=limit.reason,
        )
    )


def decided_limits(session: Session, shop_ids: Sequence[str]) -> dict[tuple[str, str], LimitRecord]:
    """By shop and source; a source that is not there has the limits of its connector."""
    found = session.scalars(
        select(FreshnessLimitRow)
        .where(FreshnessLimitRow.shop_id.in_(shop_ids))
        .order_by(FreshnessLimitRow.decided_at)
    )
    return {
        (row.shop_id, row.source): LimitRecord(
            row.shop_id,
            row.source,
            row.soft_minutes,
            row.hard_minutes,
            row.decided_at,
            row.decided_by,
            row.reason,
        )
        for row in found
    }
