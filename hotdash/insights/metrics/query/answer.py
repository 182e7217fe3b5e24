"""What a question is answered with: values with what they rest on, and a reason wherever there is none."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from uuid import UUID

from hotdash.base.clock import iso_utc
from hotdash.base.money import Money
from hotdash.insights.metrics.definition import NOTICE, Change, Metric, Unit
from hotdash.insights.metrics.period import Window
from hotdash.insights.metrics.query.conversion import Conversion
from hotdash.insights.metrics.query.question import Against
from hotdash.storage.appdb.repositories.standings import Block

_WHOLE = frozenset({Unit.ORDERS, Unit.UNITS, Unit.COUNT})
_FINE = Decimal("0.000001")


@dataclass(frozen=True, slots=True)
class Cell:
    """A value beside its base, exact; why says what is missing where one is None."""

    value: Decimal | None
    base: Decimal | None = None
    why: str | None = None
    why_no_base: str | None = None

    @property
    def change(self) -> Decimal | None:
        return None if self.value is None or self.base is None else self.value - self.base

    @property
    def share(self) -> Decimal | None:
        """The change as a share of the base; of a base of zero or less it would say nothing."""
        if self.value is None or self.base is None or self.base <= 0:
            return None
        return (self.value - self.base) / self.base


@dataclass(frozen=True, slots=True)
class AnswerRow:
    key: Mapping[str, object]
    days: Window
    base_days: Window | None
    currency: str | None
    cells: Mapping[str, Cell]
    provisional: bool


@dataclass(frozen=True, slots=True)
class AnsweredMetric:
    """A metric as it was computed: every version with the day since when it is in force."""

    asked: str
    versions: Sequence[tuple[Metric, date | None]]
    marts: Sequence[str]
    model: str | None = None
    """By which attribution model it was credited, where that is a choice."""

    @property
    def metric(self) -> Metric:
        return self.versions[-1][0]


@dataclass(frozen=True, slots=True)
class ShopProvenance:
    """Of which publication a shop's part of the answer is, and how complete that was."""

    shop_id: str
    name: str
    timezone: str
    currency: str
    window: Window
    base_window: Window | None
    manifest: UUID | None
    builds: Mapping[str, UUID | None]
    as_of: Mapping[str, datetime]
    last_complete: date | None
    held: str | None
    policies: Mapping[str, Mapping[str, str]]
    blocked: Mapping[str, Block] = field(default_factory=dict[str, Block])


@dataclass(frozen=True, slots=True)
class Notice:
    """A metric whose numbers are others than they were a week ago."""

    metric: Metric
    change: Change

    @property
    def sentence(self) -> str:
        return f"{self.metric.title} changed on {self.change.date}: {self.change.change}"


@dataclass(frozen=True, slots=True)
class Answer:
    by: Sequence[str]
    against: Against
    metrics: Sequence[AnsweredMetric]
    shops: Sequence[ShopProvenance]
    rows: Sequence[AnswerRow]
    currency: str | None
    provisional: bool
    notes: Sequence[str] = field(default_factory=list[str])
    notices: Sequence[Notice] = ()
    conversion: Conversion | None = None

    def only(self, metric: str) -> Cell:
        """Of an answer that was not split."""
        return self.only_row.cells[metric]

    @property
    def only_row(self) -> AnswerRow:
        (row,) = self.rows
        return row

    def as_json(self) -> dict[str, Any]:
        """Ready for a JSON encoder: decimals as text, money to its minor unit."""
        units = {each.asked: each.metric for each in self.metrics}
        return {
            "by": list(self.by),
            "compare": self.against.value,
            "currency": self.currency,
            "conversion": self.conversion.as_json() if self.conversion else None,
            "provisional": self.provisional,
            "notes": list(self.notes),
            "notices": [_notice(each) for each in self.notices],
            "metrics": [_metric(each) for each in self.metrics],
            "shops": [_shop(each) for each in self.shops],
            "rows": [_row(row, units) for row in self.rows],
        }


def rounded(value: Decimal | None, metric: Metric, currency: str | None) -> Decimal | None:
    """For showing and sending; sums are made of what is not rounded."""
    if value is None:
        return None
    if metric.unit is Unit.MONEY:
        return Money(value, currency).rounded().amount if currency else value
    if metric.unit in _WHOLE and value == value.to_integral_value():
        return value.quantize(Decimal(1))
    return value.quantize(_FINE, rounding=ROUND_HALF_UP)


def _notice(notice: Notice) -> dict[str, Any]:
    change = notice.change
    return {
        "metric": notice.metric.name,
        "version": change.version,
        "date": change.date.isoformat(),
        "until": (change.date + NOTICE).isoformat(),
        "change": change.change,
    }


def _metric(each: AnsweredMetric) -> dict[str, Any]:
    metric = each.metric
    return {
        "metric": each.asked,
        "name": metric.name,
        "title": metric.title,
        "unit": metric.unit.value,
        "direction": metric.direction,
        "day_owner": metric.day_owner.value,
        "marts": list(each.marts),
        "model": each.model,
        "versions": [
            {"version": version.version, "since": since.isoformat() if since else None}
            for version, since in each.versions
        ],
    }


def _shop(shop: ShopProvenance) -> dict[str, Any]:
    return {
        "shop": shop.shop_id,
        "name": shop.name,
        "timezone": shop.timezone,
        "currency": shop.currency,
        "days": _window(shop.window),
        "base_days": _window(shop.base_window),
        "publication": str(shop.manifest) if shop.manifest else None,
        "builds": {mart: str(build) if build else None for mart, build in shop.builds.items()},
        "as_of": {source: iso_utc(at) for source, at in shop.as_of.items()},
        "last_complete_day": shop.last_complete.isoformat() if shop.last_complete else None,
        "held": shop.held,
        "blocked": [{"mart": mart} | block.as_json() for mart, block in shop.blocked.items()],
        "policies": {name: dict(values) for name, values in shop.policies.items()},
    }


def _row(row: AnswerRow, metrics: Mapping[str, Metric]) -> dict[str, Any]:
    return {
        "key": dict(row.key),
        "days": _window(row.days),
        "base_days": _window(row.base_days),
        "currency": row.currency,
        "provisional": row.provisional,
        "values": {
            name: _cell(cell, metrics[name], row.currency) for name, cell in row.cells.items()
        },
    }


def _cell(cell: Cell, metric: Metric, currency: str | None) -> dict[str, Any]:
    share = cell.share
    return {
        "value": _text(rounded(cell.value, metric, currency)),
        "why": cell.why,
        "base": _text(rounded(cell.base, metric, currency)),
        "why_no_base": cell.why_no_base,
        "change": _text(rounded(cell.change, metric, currency)),
        "share": None if share is None else _text(share.quantize(_FINE, rounding=ROUND_HALF_UP)),
        "better": _better(cell.change, metric),
    }


def _better(change: Decimal | None, metric: Metric) -> bool | None:
    return (change > 0) == (metric.direction == "up") if change else None


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"


def _window(window: Window | None) -> list[str] | None:
    return None if window is None else [window.first.isoformat(), window.last.isoformat()]
