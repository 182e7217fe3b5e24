"""A tile as pages show it: every figure as text, every state with its word."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from urllib.parse import urlencode

from hotdash.entrypoints.web import drawing, formatting
from hotdash.entrypoints.web.pages.data_health.state import check_url, health_url
from hotdash.insights.metrics.period import Period
from hotdash.insights.tiles.contract import (
    ActionKind,
    ContextItem,
    Delta,
    Tile,
    TileState,
    Verdict,
)
from hotdash.insights.tiles.trouble import FailedCheck

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
    ActionKind.RUN: "See what to do",
    ActionKind.RELEASE_PIN: "See what to do",
    ActionKind.CONNECT: "See what to connect",
}
_SPARK_WIDTH, _SPARK_HEIGHT, _SPARK_MARGIN = 160, 40, 3
_COUNTED = frozenset({"orders", "units", "count"})
_FEW = 100
_WIDE = frozenset({"growth"})


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
    definition_url: str


@dataclass(frozen=True, slots=True)
class ReasonView:
    """The address is that of the check, where one failed."""

    text: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class TileView:
    name: str
    title: str
    url: str
    is_wide: bool
    state: str
    state_word: str
    metric_title: str
    value: tuple[str, str]
    delta: DeltaView | None
    spark: str | None
    note: str
    reasons: tuple[ReasonView, ...]
    action: ActionView | None
    as_of: str | None
    age: str | None
    figures: tuple[FigureView, ...]
    facts: tuple[str, ...]


def tile_view(
    tile: Tile, shop_id: str, period: Period, now: datetime, today_url: str = ""
) -> TileView:
    """Without an address of Today it is Today that shows it."""
    oldest = tile.known_at
    is_blocked = tile.state is TileState.BLOCKED
    metric_title = f"{tile.metric_title}, last trusted" if is_blocked else tile.metric_title
    url = tile_url(tile.tile, shop_id, period)
    reasons = _told(tile, shop_id)
    return TileView(
        name=tile.tile,
        title=tile.title,
        url=url,
        is_wide=tile.tile in _WIDE,
        state=tile.state.value,
        state_word=_WORDS[tile.state],
        metric_title=metric_title,
        value=formatting.quantity_parts(tile.value, tile.unit),
        delta=_delta(tile.delta, tile.unit),
        spark=_spark(tile),
        note=_note(tile, reasons),
        reasons=reasons,
        action=_action(tile, shop_id, url, today_url),
        as_of=formatting.shop_time(oldest, tile.timezone) if oldest else None,
        age=formatting.ago(oldest, now) if oldest else None,
        figures=tuple(_figure(item) for item in tile.context),
        facts=tuple(fact.text for fact in tile.facts if fact.name != "period"),
    )


def tile_url(name: str, shop_id: str, period: Period) -> str:
    asked = {"shop": shop_id, "range": period.range.value, "compare": period.compare.value}
    return f"/tiles/{name}?{urlencode(asked)}"


def _told(tile: Tile, shop_id: str) -> tuple[ReasonView, ...]:
    """What is blocked says it by its checks; since when stands in the banner."""
    checks = _failed(tile)
    told = {check.sentence: check_url(shop_id, check.name) for check in checks}
    if tile.state is TileState.BLOCKED and checks:
        return tuple(ReasonView(sentence, url) for sentence, url in told.items())
    return tuple(ReasonView(reason, told.get(reason)) for reason in tile.reasons)


def _failed(tile: Tile) -> Sequence[FailedCheck]:
    kept_back = tile.blocked or tile.kept_back
    return kept_back.checks if kept_back is not None else ()


def _note(tile: Tile, reasons: tuple[ReasonView, ...]) -> str:
    """One line below the number: why it is not well, else what stands beside it."""
    if tile.state is not TileState.OK and reasons:
        return reasons[0].text
    return " · ".join(_beside(tile))


def _beside(tile: Tile) -> Iterator[str]:
    for fact in tile.facts:
        if fact.name in {"share", "money_at_risk", "oldest_unshipped"}:
            yield fact.text
    for item in [item for item in tile.context if item.value is not None][:2]:
        yield f"{item.title} {formatting.quantity(item.value, item.unit)}"


def _action(tile: Tile, shop_id: str, url: str, today_url: str) -> ActionView | None:
    """What is to be done stands under Do now; the tile leads there, or to its check, lists and days."""
    action = tile.next_action
    if action.kind is ActionKind.MEND_CHECK:
        checks = _failed(tile)
        to = check_url(shop_id, checks[0].name) if checks else health_url(shop_id)
        return ActionView("See the failed check", to)
    if action.kind in _TO_DECISION:
        return ActionView(_TO_DECISION[action.kind], f"{today_url}#do-now")
    if action.kind is ActionKind.SEE_LIST:
        return ActionView(action.text, f"{url}#{action.about}")
    has_days = any(point.value is not None for point in tile.series)
    if action.kind is ActionKind.SEE_DAYS and has_days:
        return ActionView(action.text, f"{url}#days")
    return None


def _delta(delta: Delta | None, unit: str) -> DeltaView | None:
    if delta is None:
        return None
    base = formatting.quantity(delta.base, unit)
    explanation = f"{base} in the {delta.against}"
    if delta.verdict is Verdict.SAME:
        return DeltaView("=", "no change", "", "same", explanation)
    arrow = "▲" if delta.change > 0 else "▼"
    verdict = delta.verdict.value
    return DeltaView(arrow, _moved(delta, unit), verdict, verdict, explanation)


def _moved(delta: Delta, unit: str) -> str:
    """Shares move by points, times by time, small counts by ones, and all else by a share."""
    if unit == "share":
        return f"{formatting.percent(delta.change)[:-1]} pt"
    if unit == "minutes":
        return formatting.minutes(delta.change)
    if unit in _COUNTED and delta.base < _FEW:
        return formatting.number(abs(delta.change))
    return formatting.percent(delta.ratio)


def _figure(item: ContextItem) -> FigureView:
    delta = _delta(item.delta, item.unit)
    note = None
    if item.value is None:
        note = item.why or "nothing to tell of these days"
    elif item.last_day is not None:
        note = f"up to {formatting.day(item.last_day)}"
    elif delta is None:
        note = "nothing to compare with"
    value = formatting.quantity(item.value, item.unit)
    return FigureView(item.title, value, delta, note, f"/definitions/{item.metric}")


def _spark(tile: Tile) -> str | None:
    """Of a few scattered days a line would show nothing."""
    values: list[Decimal | None] = [point.value for point in tile.series]
    if sum(value is not None for value in values) * 2 <= len(values):
        return None
    scale = drawing.tight_scale(values).padded(_SPARK_MARGIN, _SPARK_HEIGHT)
    return drawing.path(values, scale, _SPARK_WIDTH, _SPARK_HEIGHT)
