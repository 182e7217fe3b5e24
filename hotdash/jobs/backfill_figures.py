"""What a backfill would change: the one metric query asked of what is shown and of the candidate, day by day."""

from calendar import monthrange
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy.orm import Session

from hotdash.base.clock import Clock
from hotdash.insights.metrics.definition import Metric, Status, Unit
from hotdash.insights.metrics.period import Window
from hotdash.insights.metrics.query.answer import Answer
from hotdash.insights.metrics.query.query import query
from hotdash.insights.metrics.query.question import MetricName, QueryError, Question
from hotdash.insights.metrics.registry import registry
from hotdash.pipeline.backfill.engine import Opened, Staged
from hotdash.storage.appdb.repositories.publications import Outcome
from hotdash.storage.appdb.session import Database

_Values = Mapping[date, Decimal | None]


@dataclass(frozen=True, slots=True)
class FigureChange:
    """A metric of a day before and after, exact; without a currency where it is none of money."""

    shop_id: str
    metric: str
    version: str
    day: date
    currency: str
    before: Decimal | None
    after: Decimal | None


def compare(database: Database, clock: Clock, opened: Opened, staged: Staged) -> list[FigureChange]:
    """Only what differs, in the months of the named days; metrics that no day has are left out."""
    changes = list[FigureChange]()
    for shop_id, after in staged.manifests_after.items():
        compared = _Compared(
            shop_id,
            opened.manifests_before[shop_id],
            after,
            _whole_months(*opened.scope.days),
            {
                mart
                for mart, outcome in staged.outcomes[shop_id].items()
                if outcome == Outcome.PUBLISHED
            },
        )
        with database.jobs() as session:
            for metric in registry():
                if metric.status is Status.APPROVED:
                    changes += compared.changes(session, metric, clock)
    return changes


@dataclass(frozen=True)
class _Compared:
    shop_id: str
    before: UUID
    after: UUID
    window: Window
    changed_marts: set[str]

    def changes(self, session: Session, metric: Metric, clock: Clock) -> Iterator[FigureChange]:
        try:
            old = self._asked(session, metric, self.before, clock)
            if not self.changed_marts & set(old.metrics[0].marts):
                return
            new = self._asked(session, metric, self.after, clock)
        except QueryError:
            return
        before, after = _by_day(old), _by_day(new)
        currency = (new.currency or "") if metric.unit is Unit.MONEY else ""
        for day in sorted({*before, *after}):
            if before.get(day) != after.get(day):
                yield FigureChange(
                    *(self.shop_id, metric.name, str(metric.version), day, currency),
                    *(before.get(day), after.get(day)),
                )

    def _asked(self, session: Session, metric: Metric, manifest: UUID, clock: Clock) -> Answer:
        question = Question(
            (self.shop_id,),
            (MetricName(metric.name, metric.version),),
            ("day",),
            window=self.window,
        )
        manifests = {self.shop_id: manifest}
        return query(session, question, clock.now(), manifests=manifests)


def _by_day(answer: Answer) -> _Values:
    return {
        date.fromisoformat(str(row.key["day"])): cell.value
        for row in answer.rows
        for cell in row.cells.values()
    }


def _whole_months(first: date, last: date) -> Window:
    return Window(first.replace(day=1), last.replace(day=monthrange(last.year, last.month)[1]))
