"""The one shape in which every tile answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from hotdash.base.clock import iso_utc
from hotdash.insights.metrics.period import Window


class TileState(StrEnum):
    OK = "ok"
    WATCH = "watch"
    ACT = "act"
    EMPTY = "empty"
    STALE = "stale"
    DEGRADED = "degraded"
    BLOCKED = "blocked"
    REPROCESSING = "reprocessing"


class Direction(StrEnum):
    """Which way is better."""

    UP = "up"
    DOWN = "down"


class Verdict(StrEnum):
    BETTER = "better"
    WORSE = "worse"
    SAME = "same"


class ActionKind(StrEnum):
    """What the next action opens or asks for; a door decides where that is."""

    SEE_DAYS = "see_days"
    RUN = "run"
    MEND_CHECK = "mend_check"
    RELEASE_PIN = "release_pin"
    WAIT = "wait"


@dataclass(frozen=True, slots=True)
class NextAction:
    kind: ActionKind
    text: str


@dataclass(frozen=True, slots=True)
class Delta:
    """The change against the base: absolute, as a share of the base, and what that means."""

    change: Decimal
    ratio: Decimal
    base: Decimal
    verdict: Verdict
    against: str


@dataclass(frozen=True, slots=True)
class SeriesPoint:
    day: date
    value: Decimal | None
    base_day: date | None = None
    base_value: Decimal | None = None


@dataclass(frozen=True, slots=True)
class ContextItem:
    metric: str
    title: str
    value: Decimal | None
    unit: str
    delta: Delta | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Tile:
    """unit is a currency code for money, else what is counted; reasons are plain sentences."""

    tile: str
    title: str
    state: TileState
    metric: str
    metric_title: str
    metric_version: int
    value: Decimal | None
    unit: str
    direction: Direction
    next_action: NextAction
    delta: Delta | None = None
    series: Sequence[SeriesPoint] = ()
    context: Sequence[ContextItem] = ()
    facts: Sequence[Fact] = ()
    as_of: Mapping[str, datetime] = field(default_factory=dict[str, datetime])
    build: UUID | None = None
    provisional: bool = False
    reasons: Sequence[str] = ()
    window: Window | None = None
    base_window: Window | None = None
    timezone: str = "UTC"

    def as_json(self) -> dict[str, Any]:
        """Ready for a JSON encoder: money as decimal text, instants in UTC."""
        return {
            "tile": self.tile,
            "state": self.state.value,
            "metric": {
                "name": self.metric,
                "title": self.metric_title,
                "version": self.metric_version,
            },
            "value": _text(self.value),
            "unit": self.unit,
            "delta": _delta(self.delta),
            "direction": self.direction.value,
            "series": [_point(point) for point in self.series],
            "context": [_context(item) for item in self.context],
            "next_action": {"kind": self.next_action.kind.value, "text": self.next_action.text},
            "facts": [{"name": fact.name, "text": fact.text} for fact in self.facts],
            "as_of": {source: iso_utc(at) for source, at in self.as_of.items()},
            "build": str(self.build) if self.build else None,
            "provisional": self.provisional,
            "reasons": list(self.reasons),
        }


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"


def _delta(delta: Delta | None) -> dict[str, str] | None:
    if delta is None:
        return None
    return {
        "change": f"{delta.change:f}",
        "ratio": f"{delta.ratio:f}",
        "base": f"{delta.base:f}",
        "verdict": delta.verdict.value,
        "against": delta.against,
    }


def _point(point: SeriesPoint) -> dict[str, str | None]:
    return {
        "day": point.day.isoformat(),
        "value": _text(point.value),
        "base_day": point.base_day.isoformat() if point.base_day else None,
        "base_value": _text(point.base_value),
    }


def _context(item: ContextItem) -> dict[str, Any]:
    return {
        "metric": item.metric,
        "title": item.title,
        "value": _text(item.value),
        "unit": item.unit,
        "delta": _delta(item.delta),
    }
