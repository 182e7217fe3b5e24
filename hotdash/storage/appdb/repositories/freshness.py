"""Up to which instant a source's data is here in full."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hotdash.storage.appdb.models import Freshness


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
