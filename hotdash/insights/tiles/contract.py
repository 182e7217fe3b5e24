"""The one shape in which every tile answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from hotdash.base.clock import iso_utc
from hotdash.insights.metrics.period import Window
from hotdash.insights.tiles.trouble import Blocked, Reprocessing

_RATIO = Decimal("0.000001")


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
    SEE_LIST = "see_list"
    CONNECT = "connect"
    RUN = "run"
    MEND_CHECK = "mend_check"
    RELEASE_PIN = "release_pin"
    WAIT = "wait"


class CellKind(StrEnum):
    """How the cells of a list's column are to be read."""

    TEXT = "text"
    COUNT = "count"
    NUMBER = "number"
    MONEY = "money"
    SHARE = "share"
    RATE = "rate"
    MINUTES = "minutes"
    DAYS = "days"
    DAY = "day"
    INSTANT = "instant"


@dataclass(frozen=True, slots=True)
class NextAction:
    """About names the list that an action of that kind is about."""

    kind: ActionKind
    text: str
    about: str | None = None


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
    """why says what is missing where there is no value; last_day is told where it is not the tile's."""

    metric: str
    title: str
    value: Decimal | None
    unit: str
    delta: Delta | None = None
    why: str | None = None
    last_day: date | None = None


@dataclass(frozen=True, slots=True)
class Fact:
    name: str
    text: str


Cell = str | int | Decimal | date | datetime | None


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    title: str
    kind: CellKind = CellKind.TEXT


@dataclass(frozen=True, slots=True)
class TileList:
    """The first rows of something, of how many there are; why says what is missing where there are none."""

    name: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Cell]] = ()
    total: int = 0
    why: str | None = None
    note: str | None = None


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
    lists: Sequence[TileList] = ()
    as_of: Mapping[str, datetime] = field(default_factory=dict[str, datetime])
    known_at: datetime | None = None
    """Up to when all that the headline needs was read."""
    build: UUID | None = None
    provisional: bool = False
    reasons: Sequence[str] = ()
    window: Window | None = None
    base_window: Window | None = None
    timezone: str = "UTC"
    currency: str = ""
    grows_old_at: Sequence[datetime] = ()
    """When time alone makes a source of it late."""
    blocked: Blocked | None = None
    kept_back: Blocked | None = None
    """What keeps back a part of it that the headline does not rest on."""
    under_way: Reprocessing | None = None

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
            "series": [point_json(point) for point in self.series],
            "context": [_context(item) for item in self.context],
            "next_action": _action(self.next_action),
            "facts": [{"name": fact.name, "text": fact.text} for fact in self.facts],
            "lists": [_list(each) for each in self.lists],
            "as_of": {source: iso_utc(at) for source, at in self.as_of.items()},
            "build": str(self.build) if self.build else None,
            "provisional": self.provisional,
            "reasons": list(self.reasons),
        }


def _action(action: NextAction) -> dict[str, str | None]:
    return {"kind": action.kind.value, "text": action.text, "about": action.about}


def _text(value: Decimal | None) -> str | None:
    return None if value is None else f"{value:f}"


def _delta(delta: Delta | None) -> dict[str, str] | None:
    if delta is None:
        return None
    return {
        "change": f"{delta.change:f}",
        "ratio": f"{delta.ratio.quantize(_RATIO, rounding=ROUND_HALF_UP):f}",
        "base": f"{delta.base:f}",
        "verdict": delta.verdict.value,
        "against": delta.against,
    }


def point_json(point: SeriesPoint) -> dict[str, str | None]:
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
        "why": item.why,
        "last_day": item.last_day.isoformat() if item.last_day else None,
    }


def _list(each: TileList) -> dict[str, Any]:
    return {
        "name": each.name,
        "title": each.title,
        "columns": [
            {"name": column.name, "title": column.title, "kind": column.kind.value}
            for column in each.columns
        ],
        "rows": [[_cell(cell) for cell in row] for row in each.rows],
        "total": each.total,
        "why": each.why,
        "note": each.note,
    }


def _cell(cell: Cell) -> str | None:
    """Every cell is text, so that no reader makes a float of an amount."""
    match cell:
        case None | str():
            return cell
        case datetime():
            return iso_utc(cell)
        case date():
            return cell.isoformat()
        case Decimal():
            return f"{cell:f}"
        case _:
            return str(cell)
