"""What a backfill changes, metric by metric: on how many days, and where days add up, by how much."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby

from hotdash.insights.metrics.definition import Aggregation, Metric, Unit
from hotdash.insights.metrics.registry import registry
from hotdash.storage.appdb.repositories.backfill_progress import DiffRecord

FIRST = "revenue"
NOTHING = Decimal(0)
BEYOND = (
    "Of the named days only. What reaches over many days (growth and trailing sums, cohorts, "
    "customer value, CAC and payback) changes on others too."
)


@dataclass(frozen=True, slots=True)
class MetricChange:
    """before and after are of the changed days together; none where days do not add up or one is unknown."""

    metric: Metric
    currency: str
    days: Sequence[DiffRecord]
    before: Decimal | None
    after: Decimal | None

    @property
    def change(self) -> Decimal | None:
        if self.before is None or self.after is None:
            return None
        return self.after - self.before

    @property
    def unit(self) -> str:
        """As numbers are told: a currency where it is one of money."""
        return self.currency or self.metric.unit.value

    @property
    def widest(self) -> DiffRecord:
        """The day that changes most; one that had no number, or has none any more, counts as most."""
        return max(self.days, key=_size)


def sum_up(rows: Sequence[DiffRecord]) -> list[MetricChange]:
    """Revenue first, then other money by how much it moves, then the rest by their titles."""
    known = {(each.name, str(each.version)): each for each in registry()}
    ordered = sorted(rows, key=lambda row: (row.metric, row.version, row.currency, row.day))
    changes = [
        _change(known[metric, version], currency, list(days))
        for (metric, version, currency), days in groupby(
            ordered, key=lambda row: (row.metric, row.version, row.currency)
        )
        if (metric, version) in known
    ]
    return sorted(changes, key=_order)


def _change(metric: Metric, currency: str, days: Sequence[DiffRecord]) -> MetricChange:
    if metric.aggregation is not Aggregation.SUM:
        return MetricChange(metric, currency, days, None, None)
    sides = [_together([row.before for row in days]), _together([row.after for row in days])]
    return MetricChange(metric, currency, days, *sides)


def _together(values: Sequence[Decimal | None]) -> Decimal | None:
    """Of a day without a number nobody knows how much it adds."""
    known = [value for value in values if value is not None]
    return sum(known, NOTHING) if len(known) == len(values) else None


def _order(each: MetricChange) -> tuple[bool, bool, bool, Decimal, str]:
    adds_up = each.change is not None
    return (
        each.metric.name != FIRST,
        each.metric.unit is not Unit.MONEY,
        not adds_up,
        -abs(each.change or NOTHING),
        each.metric.title,
    )


def _size(row: DiffRecord) -> tuple[bool, Decimal]:
    if row.before is None or row.after is None:
        return True, abs(row.after or row.before or NOTHING)
    return False, abs(row.after - row.before)


def by_name(changes: Sequence[MetricChange]) -> Mapping[str, MetricChange]:
    return {each.metric.name: each for each in changes}
