"""Which warnings somebody set aside, why, and until when; taken back by a later row, never changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from hotdash.storage.appdb.models import CheckOverride


@dataclass(frozen=True, slots=True)
class OverrideRecord:
    shop_id: str
    override_id: UUID
    check_name: str
    decided_at: datetime
    decided_by: str
    reason: str
    expires_at: datetime
    revokes: UUID | None = None


def add_override(session: Session, override: OverrideRecord) -> None:
    session.execute(
        insert(CheckOverride)
        .inline()
        .values(
            shop_id=override.shop_id,
            override_id=override.override_id,
            check_name=override.check_name,
            decided_at=override.decided_at,
            decided_by=override.decided_by,
            reason=override.reason,
            expires_at=override.expires_at,
            revokes=override.revokes,
        )
    )


def standing_overrides(
    session: Session, shop_ids: Sequence[str], at: datetime
) -> list[OverrideRecord]:
    """Those that have neither ended nor been taken back, the newest last."""
    found = list(
        session.scalars(
            select(CheckOverride)
            .where(CheckOverride.shop_id.in_(shop_ids))
            .order_by(CheckOverride.decided_at, CheckOverride.override_id)
        )
    )
    revoked = {row.revokes for row in found}
    return [
        _record(row)
        for row in found
        if row.revokes is None and row.override_id not in revoked and row.expires_at > at
    ]


def _record(row: CheckOverride) -> OverrideRecord:
    return OverrideRecord(
        shop_id=row.shop_id,
        override_id=row.override_id,
        check_name=row.check_name,
        decided_at=row.decided_at,
        decided_by=row.decided_by,
        reason=row.reason,
        expires_at=row.expires_at,
        revokes=row.revokes,
    )
