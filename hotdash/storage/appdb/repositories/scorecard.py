"""How good each source of a shop was, day by day and side by side."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hotdash.storage.appdb.models import ScorecardDay


@dataclass(frozen=True, slots=True)
class ScoreRecord:
    shop_id: str
    source: str
    dimension: str
    day: date
    score: Decimal
    asked: int
    failed: int
    detail: Mapping[str, Any]


def save_scores(session: Session, scores: Iterable[ScoreRecord]) -> None:
    """The last answer of a day is the day's."""
    for each in scores:
        values = {"score": each.score, "asked": each.asked, "failed": each.failed}
        values |= {"detail": dict(each.detail)}
        key = {
            "shop_id": each.shop_id,
            "source": each.source,
            "dimension": each.dimension,
            "day": each.day,
        }
        session.execute(
            insert(ScorecardDay)
            .values(**key, **values)
            .on_conflict_do_update(index_elements=list(key), set_=values)
        )


def scores_since(session: Session, shop_id: str, first: date) -> list[ScoreRecord]:
    found = session.scalars(
        select(ScorecardDay)
        .where(ScorecardDay.shop_id == shop_id, ScorecardDay.day >= first)
        .order_by(ScorecardDay.source, ScorecardDay.dimension, ScorecardDay.day)
    )
    return [
        ScoreRecord(
            row.shop_id,
            row.source,
            row.dimension,
            row.day,
            row.score,
            row.asked,
            row.failed,
            row.detail,
        )
        for row in found
    ]
