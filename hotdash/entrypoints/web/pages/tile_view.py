"""A tile as a page shows it: every figure as text, every state with its word."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from hotdash.entrypoints.web import drawing, formatting
from hotdash.insights.tiles.contract import (
    ActionKind,
    ContextItem,
    Delta,
    Tile,
    TileState,
    Verdict,
)

_WORDS = {
    TileState.OK: "On track",
    TileState.WATCH: "Watch",
    TileState.ACT: "Act",
    TileState.EMPTY: "Nothing yet",
    TileState.STALE: "Stale",
    TileState.DEGRADED: "Incomplete",
    TileState.BLOCKED: "Blocked",
    TileState.REPROCESSING: "Reprocessing",
}
_TO_DECISION = {
    ActionKind.MEND_CHECK: "See the failed check",
    ActionKind.RUN: "See what to do",
    ActionKind.RELEASE_PIN: "See what to do",
}
_SPARK_WIDTH, _SPARK_HEIGHT, _SPARK_MARGIN = 160, 40, 3
_COUNTED = frozenset({"orders", "units"})


@dataclass(frozen=True, slots=True)
class DeltaView:
    arrow: str
    text: str
    word: str
    verdict: str
    explanation: str


@dataclass(frozen=True, slots=True)
class ActionView:
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class FigureView:
    title: str
    value: str
    delta: DeltaView | None
    note: str | None


@dataclass(frozen=True, slots=True)
class TileView:
    name: str
    title: str
    state: str
    state_word: str
    metric_title: str
    value: tuple[str, str]
    delta: DeltaView | None
    spark: str | None
    reasons: tuple[str, ...]
    action: ActionView | None
    as_of: str | None
    age: str | None
    figures: tuple[FigureView, ...]


def tile_view(tile: Tile, now: datetime, blocked_by: tuple[str, ...] = ()) -> TileView:
    oldest = min(tile.as_of.values(), default=None)
    is_blocked = tile.state is TileState.BLOCKED
    metric_title = f"{tile.metric_title}, last trusted" if is_blocked else tile.metric_title
    return TileView(
        name=tile.tile,
        title=tile.title,
        state=tile.state.value,
        state_word=_WORDS[tile.state],
        metric_title=metric_title,
        value=formatting.money_parts(tile.value, tile.unit),
        delta=_delta(tile.delta, tile.unit),
        spark=_spark(tile),
        reasons=blocked_by if is_blocked else tuple(tile.reasons),
        action=_action(tile),
        as_of=formatting.shop_time(oldest, tile.timezone) if oldest else None,
        age=formatting.ago(oldest, now) if oldest else None,
        figures=tuple(_figure(item, is_published=tile.build is not None) for item in tile.context),
    )


def _action(tile: Tile) -> ActionView | None:
    """What is to be done stands under Do now; the tile leads there, or to its days."""
    kind = tile.next_action.kind
    if kind in _TO_DECISION:
        return ActionView(_TO_DECISION[kind], "#do-now")
    has_days = any(point.value is not None for point in tile.series)
    if kind is ActionKind.SEE_DAYS and has_days:
        return ActionView(tile.next_action.text, "#days")
    return None


def _delta(delta: Delta | None, unit: str) -> DeltaView | None:
    if delta is None:
        return None
    base = amount(delta.base, unit)
    explanation = f"{base} in the {delta.against}"
    if delta.verdict is Verdict.SAME:
        return DeltaView("=", "no change", "", "same", explanation)
    arrow = "▲" if delta.change > 0 else "▼"
    verdict = delta.verdict.value
    return DeltaView(arrow, formatting.percent(delta.ratio), verdict, verdict, explanation)


def _figure(item: ContextItem, *, is_published: bool) -> FigureView:
    delta = _delta(item.delta, item.unit)
    note = None
    if is_published and item.value is None:
        note = "no order in this period"
    elif is_published and delta is None:
        note = "nothing to compare with"
    return FigureView(item.title, amount(item.value, item.unit), delta, note)


def amount(value: Decimal | None, unit: str) -> str:
    """unit is a currency code for money, else what is counted."""
    return formatting.count(value) if unit in _COUNTED else formatting.money(value, unit)


def _spark(tile: Tile) -> str | None:
    values = [point.value for point in tile.series]
    if sum(value is not None for value in values) < 2:
        return None
    scale = drawing.tight_scale(values).padded(_SPARK_MARGIN, _SPARK_HEIGHT)
    return drawing.path(values, scale, _SPARK_WIDTH, _SPARK_HEIGHT)
