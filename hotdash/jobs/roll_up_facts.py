"""Every night: how shops are run, over the seven newest days that can be judged, kept as facts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from hotdash.base.clock import Clock, local_day
from hotdash.decisions.facts.keep import keep
from hotdash.decisions.facts.types import Fact, FactType, Rolling
from hotdash.insights.metrics.period import Window
from hotdash.insights.metrics.query.query import query
from hotdash.insights.metrics.query.question import MetricName, Question
from hotdash.insights.metrics.registry import registry
from hotdash.jobs.job_context import JobContext
from hotdash.storage.appdb.repositories.jobs import JobRecord
from hotdash.storage.appdb.repositories.shops import list_shops
from hotdash.storage.appdb.session import Database

WEEK = 7
_FINE = Decimal("0.0001")


@dataclass(frozen=True, slots=True)
class Rollup:
    """Ends so many days ago that the youngest of its days can be judged whole."""

    type: FactType
    metric: str
    days_ago: int

    def window(self, today: date) -> Window:
        last = today - timedelta(days=self.days_ago)
        return Window(last - timedelta(days=WEEK - 1), last)


ROLLUPS = (
    # A shop has seven days from its first session on, which may be the last minute of its day.
    Rollup(FactType.ACTIVATION, "activation_rate", days_ago=8),
    Rollup(FactType.SLA_RESOLUTION, "sla_resolution_time", days_ago=1),
    # An anomaly has 24 hours.
    Rollup(FactType.ANOMALY_RESPONSE, "anomaly_response_rate", days_ago=2),
)


def roll_up_night(context: JobContext, job: JobRecord) -> None:
    del job
    roll_up(context.database, context.clock)


def roll_up(database: Database, clock: Clock) -> Mapping[str, int]:
    """By shop how many were news: of a day they are told once."""
    with database.snapshot() as session:
        shops = list_shops(session)
    now = clock.now()
    told: dict[str, int] = {}
    for shop in shops:
        today = local_day(now, shop.timezone)
        with database.jobs() as session:
            facts = [_fact(session, shop.shop_id, each, today, now) for each in ROLLUPS]
            told[shop.shop_id] = keep(session, shop.shop_id, facts)
    return told


def _fact(session: Session, shop_id: str, rollup: Rollup, today: date, now: datetime) -> Fact:
    """Where nothing was to be judged the fact says so and has no value."""
    window = rollup.window(today)
    question = Question((shop_id,), (MetricName(rollup.metric),), window=window)
    answer = query(session, question, now)
    cell = answer.rows[0].cells[rollup.metric] if answer.rows else None
    value = cell.value if cell else None
    metadata = Rolling(
        metric=rollup.metric,
        version=registry().get(rollup.metric).version,
        first_day=window.first,
        last_day=window.last,
        generated_at=now,
        why_empty=None if value is not None else (cell.why if cell and cell.why else "no rows"),
    )
    evidence = (
        f"/api/v1/metrics/query?shop={shop_id}&metric={rollup.metric}"
        f"&from={window.first}&to={window.last}"
    )
    kept = None if value is None else value.quantize(_FINE)
    return Fact(rollup.type, window.last.isoformat(), now, metadata, kept, evidence)
