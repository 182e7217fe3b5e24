"""What a backfill changes by metric and day: each metric is asked twice, of what is shown and of the candidate."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from hotdash.base.clock import Clock
from hotdash.base.errors import HotdashError
from hotdash.insights.metrics.query.query import query
from hotdash.insights.metrics.query.question import Question
from hotdash.insights.metrics.registry import registry
from hotdash.pipeline.backfill.engine import Opened, Staged
from hotdash.storage.appdb.repositories.backfill_progress import DiffRecord
from hotdash.storage.appdb.session import Database

_Cells = Mapping[tuple[date, str], Decimal | None]


def compare_backfill(
    database: Database, clock: Clock, opened: Opened, staged: Staged
) -> list[DiffRecord]:
    """Only what differs, of the days that were named; a metric that has no days has no rows here."""
    rows: list[DiffRecord] = []
    with database.snapshot() as session:
        for shop_id, after in staged.manifests_after.items():
            before = opened.manifests_before[shop_id]
            for metric in registry():
                question = _question(shop_id, f"{metric.name}@{metric.version}", opened)
                told = [
                    _cells(session, question, clock.now(), {shop_id: manifest})
                    for manifest in (before, after)
                ]
                rows += _differing(shop_id, metric.name, str(metric.version), told[0], told[1])
    return rows


def _question(shop_id: str, metric: str, opened: Opened) -> Question | None:
    first, last = opened.scope.days
    try:
        return Question.parse(shops=[shop_id], metrics=[metric], by=["day"], first=first, last=last)
    except HotdashError:
        return None


def _cells(
    session: Session, question: Question | None, now: datetime, manifests: Mapping[str, UUID]
) -> _Cells:
    """A metric whose marts are not published yet answers nothing, before and after."""
    if question is None:
        return {}
    try:
        answer = query(session, question, now, manifests=manifests)
    except HotdashError:
        return {}
    found: dict[tuple[date, str], Decimal | None] = {}
    for row in answer.rows:
        [cell] = row.cells.values()
        found[row.days.first, row.currency or ""] = cell.value
    return found


def _differing(
    shop_id: str, metric: str, version: str, before: _Cells, after: _Cells
) -> list[DiffRecord]:
    keys = sorted(before.keys() | after.keys())
    return [
        DiffRecord(shop_id, metric, version, day, currency, before.get(key), after.get(key))
        for key in keys
        if before.get(key) != after.get(key)
        for day, currency in [key]
    ]
