"""When each connected source was last asked, how long it rests, and whether a webhook waits to be read."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from hotdash.storage.appdb.models import Credential, SourceState, WebhookDelivery
from hotdash.storage.appdb.repositories.source_states import State


@dataclass(frozen=True, slots=True)
class SourceClockRecord:
    shop_id: str
    source: str
    asked_at: datetime | None
    rests_until: datetime | None
    is_rejected: bool
    has_news: bool


def source_clocks(session: Session) -> list[SourceClockRecord]:
    waits = exists().where(
        WebhookDelivery.shop_id == Credential.shop_id,
        WebhookDelivery.vendor == Credential.vendor,
        WebhookDelivery.applied_at.is_(None),
    )
    rows = session.execute(
        select(Credential.shop_id, Credential.vendor, Credential.updated_at, SourceState, waits)
        .outerjoin(
            SourceState,
            (SourceState.shop_id == Credential.shop_id) & (SourceState.source == Credential.vendor),
        )
        .order_by(Credential.shop_id, Credential.vendor)
    )
    return [_record(*row) for row in rows]


def _record(
    shop_id: str, vendor: str, entered_at: datetime, state: SourceState | None, has_news: bool
) -> SourceClockRecord:
    if state is None:
        return SourceClockRecord(shop_id, vendor, None, None, False, has_news)
    is_rejected = state.state == State.REJECTED.value and entered_at <= state.since
    return SourceClockRecord(shop_id, vendor, state.seen_at, state.retry_at, is_rejected, has_news)
