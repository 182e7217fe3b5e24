"""Medians computed beforehand: written once per manifest, range and definition.

Not among what tiles read: Explore, API and commands ask for the same medians by days, and a policy
decided later gives another definition while the manifest, and with it the rows of tiles, stay.
"""

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hotdash.storage.appdb.models.serving import OrderValueMedian


def save_median(
    session: Session,
    shop_id: str,
    manifest_id: UUID,
    first_day: date,
    last_day: date,
    definition: str,
    value: Decimal | None,
) -> None:
    session.execute(
        insert(OrderValueMedian)
        .values(
            shop_id=shop_id,
            manifest_id=manifest_id,
            first_day=first_day,
            last_day=last_day,
            definition=definition,
            value=value,
        )
        .on_conflict_do_nothing()
    )
