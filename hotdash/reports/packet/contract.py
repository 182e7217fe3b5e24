"""What a packet holds, whoever shows it: plain data, exact decimals, every sentence with its query."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

import orjson

from hotdash.base.clock import iso_utc
from hotdash.insights.contributions import Driver
from hotdash.storage.appdb.repositories.week_figures import FailedRuns, RefusedWindow

FORMAT = 1
"""Of the JSON document; it grows when a field is renamed or gone. One that is added has a default."""


class Level(StrEnum):
    ACT = "act"
    WATCH = "watch"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL as it was sent, with what it was asked with.

    The digest is of the rows it found, where they are those of a publication and stay the same.
    """

    sql: str
    asked: Mapping[str, Any]
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """Where a sentence comes from: an address that asks again, the SQL that was sent, or both."""

    name: str
    title: str
    url: str | None = None
    statements: tuple[Statement, ...] = ()


@dataclass(frozen=True, slots=True)
class Sentence:
    text: str
    query: str


@dataclass(frozen=True, slots=True)
class Point:
    name: str
    value: Decimal | None


@dataclass(frozen=True, slots=True)
class Trend:
    """unit is a currency for money, else what is counted; the value is None with a reason."""

    metric: str
    version: int
    title: str
    unit: str
    is_better_up: bool
    value: Decimal | None
    previous: Decimal | None
    year_before: Decimal | None
    why: str | None
    why_no_previous: str | None
    why_no_year: str | None
    is_provisional: bool
    level: Level | None
    history: tuple[Point, ...]
    query: str
    is_blocked: bool = False
    share: Decimal | None = None
    """The change against the week before, of the exact figures and exact itself: shown, it is rounded once."""
    share_of_year: Decimal | None = None

    @property
    def change(self) -> Decimal | None:
        return _difference(self.value, self.previous)

    @property
    def is_better(self) -> bool | None:
        return (self.change > 0) == self.is_better_up if self.change else None


@dataclass(frozen=True, slots=True)
class DayBar:
    day: date
    value: Decimal | None
    previous: Decimal | None
    year_before: Decimal | None


@dataclass(frozen=True, slots=True)
class Anomaly:
    level: Level
    title: str
    context: str
    query: str


@dataclass(frozen=True, slots=True)
class Breakdown:
    """The drivers' changes add up to the change of the whole, to the last minor unit."""

    name: str
    title: str
    unit: str
    now: Decimal | None
    before: Decimal | None
    drivers: tuple[Driver, ...]
    method: str
    query: str
    why: str | None = None

    @property
    def change(self) -> Decimal | None:
        return _difference(self.now, self.before)


@dataclass(frozen=True, slots=True)
class Decided:
    at: datetime
    action: str
    subject: str
    outcome: str | None
    verdict: str | None


@dataclass(frozen=True, slots=True)
class Decisions:
    made: tuple[Decided, ...]
    measured: tuple[Decided, ...]
    """Decided before the week; what came of them was measured in it."""
    total: int
    query: str


@dataclass(frozen=True, slots=True)
class Figure:
    title: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Health:
    figures: tuple[Figure, ...]
    sources: tuple[Figure, ...]
    query: str


@dataclass(frozen=True, slots=True)
class DayEstimate:
    day: date
    value: Decimal


@dataclass(frozen=True, slots=True)
class Forecast:
    """Of one metric's next week; tried on so many windows, and without a range on too few."""

    metric: str
    unit: str
    first: date
    last: date
    value: Decimal | None
    low: Decimal | None
    high: Decimal | None
    days: tuple[DayEstimate, ...]
    tried_on: int
    method: str
    query: str
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    title: str
    windows: tuple[RefusedWindow, ...]
    runs: tuple[FailedRuns, ...]
    sentences: tuple[Sentence, ...]
    query: str


@dataclass(frozen=True, slots=True)
class Packet:
    shop_id: str
    shop_name: str
    timezone: str
    currency: str
    week: str
    first: date
    last: date
    as_of: datetime
    publication: UUID | None
    builds: Mapping[str, UUID | None]
    complete_through: Mapping[str, datetime]
    headline: tuple[Sentence, ...]
    trends: tuple[Trend, ...]
    days: tuple[DayBar, ...]
    anomalies: tuple[Anomaly, ...]
    changes: tuple[Breakdown, ...]
    decisions: Decisions
    health: Health
    forecast: Forecast
    risks: tuple[Sentence, ...]
    queries: tuple[Query, ...]
    notes: tuple[str, ...] = ()
    sync: Delivery | None = None
    format: int = field(default=FORMAT)

    def query(self, name: str) -> Query:
        return next(each for each in self.queries if each.name == name)

    def breakdown(self, name: str) -> Breakdown:
        return next(each for each in self.changes if each.name == name)

    def trend(self, metric: str) -> Trend:
        return next(each for each in self.trends if each.metric == metric)

    def as_json(self) -> bytes:
        """Decimals as text; equal packets are equal bytes."""
        return orjson.dumps(_plain(self), option=orjson.OPT_INDENT_2) + b"\n"


def _difference(now: Decimal | None, before: Decimal | None) -> Decimal | None:
    return None if now is None or before is None else now - before


def _plain(value: Any) -> Any:
    # First what is most of it: asking each text whether it has the protocol's parts takes longest.
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return iso_utc(value)
    if isinstance(value, date | UUID):
        return str(value)
    if isinstance(value, Mapping):
        return {str(key): _plain(each) for key, each in value.items()}  # pyright: ignore[reportUnknownVariableType,reportUnknownArgumentType]
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]  # pyright: ignore[reportUnknownVariableType]
    if is_dataclass(value):
        told = {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
        return told | _reckoned(value)
    return value


def _reckoned(value: object) -> dict[str, Any]:
    match value:
        case Trend() | Breakdown():
            return {"change": _plain(value.change)}
        case _:
            return {}
