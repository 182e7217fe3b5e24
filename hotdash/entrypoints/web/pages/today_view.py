"""What Today says around its tiles: the banner, what to do now, which days and how old."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil

from hotdash.entrypoints.web import formatting
from hotdash.insights.metrics.definition import Metric
from hotdash.insights.metrics.period import Compare, Period, Range, Window
from hotdash.insights.tiles.contract import ActionKind, Tile, TileState
from hotdash.insights.tiles.state import Blocked, Reprocessing

_SOURCES = {"shopify": "Shopify orders"}


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    title: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Banner:
    state: str
    title: str
    text: str


@dataclass(frozen=True, slots=True)
class DecisionView:
    title: str
    text: str
    verb: str = ""
    url: str | None = None


def range_choices(period: Period) -> list[Choice]:
    return [Choice(each.value, Period(range=each).title, each is period.range) for each in Range]


def compare_choices(period: Period) -> list[Choice]:
    return [
        Choice(each.value, Period(compare=each).compare_title, each is period.compare)
        for each in Compare
    ]


def banner(
    tile: Tile,
    blocked: Blocked | None,
    under_way: Reprocessing | None = None,
    now: datetime | None = None,
) -> Banner | None:
    if tile.state is TileState.BLOCKED and blocked is not None:
        since = formatting.shop_time(blocked.since, tile.timezone)
        shown = (
            "What you see are the last trusted numbers."
            if tile.build
            else "Nothing was published before, so there is no number to show."
        )
        return Banner("blocked", f"Blocked since {since}.", f"A check failed. {shown}")
    if under_way is not None and under_way.days is not None:
        return backfilling(under_way, under_way.days, now or under_way.since, tile.timezone)
    if tile.state is TileState.REPROCESSING:
        return Banner("reprocessing", "Reprocessing.", "The numbers may change when it ends.")
    if tile.state in (TileState.STALE, TileState.DEGRADED):
        shown = f"What you see is from {_seen_up_to(tile)}." if tile.as_of else ""
        return Banner("stale", "The data is not up to date.", shown)
    return None


def backfilling(
    running: Reprocessing, days: tuple[date, date], now: datetime, timezone: str
) -> Banner:
    """Which days, how much of it is done, and how long it still takes at that speed."""
    first, last = days
    done = ""
    if running.share_done is not None:
        done = f" {int(running.share_done * 100)}% is done"
        done += f", {_left(running.ends_about, now)}." if running.ends_about else "."
    since = formatting.shop_time(running.since, timezone)
    return Banner(
        "reprocessing",
        f"Numbers of {formatting.day_span(first, last)} are provisional.",
        f"These days are being computed anew since {since}.{done}",
    )


def _left(ends_about: datetime, now: datetime) -> str:
    minutes = ceil((ends_about - now) / timedelta(minutes=1))
    if minutes <= 1:
        return "about a minute left"
    if minutes < 120:
        return f"about {minutes} minutes left"
    return f"about {round(minutes / 60)} hours left"


def changed(metric: Metric, day: date) -> Banner | None:
    """For a week, that the number on the page is another than it was."""
    changes = metric.breaking_on(day)
    if not changes:
        return None
    text = " ".join(change.change for change in changes)
    return Banner(
        "reprocessing", f"{metric.title} changed on {formatting.day(changes[-1].date)}.", text
    )


def decisions(tile: Tile, blocked: Blocked | None) -> list[DecisionView]:
    if tile.state is TileState.BLOCKED and blocked is not None:
        return [DecisionView(check.sentence, check.mend) for check in blocked.checks[:3]]
    if tile.next_action.kind in (ActionKind.RUN, ActionKind.RELEASE_PIN):
        return [DecisionView(_title_of(tile), tile.next_action.text)]
    if tile.state is TileState.ACT:
        where = "The chart below shows the days that moved it."
        return [DecisionView(" ".join(tile.reasons), where, "See the days", "#days")]
    return []


def _title_of(tile: Tile) -> str:
    if tile.next_action.kind is ActionKind.RELEASE_PIN:
        return "Release the held publication"
    return "Bring the data up to date" if tile.build else "Publish the first numbers"


def period_line(tile: Tile, period: Period) -> str:
    days = _span(tile.window) if tile.window else period.title
    compared = f" vs {_span(tile.base_window)}" if tile.base_window else ""
    return f"{days}{compared} · {formatting.place(tile.timezone)} time · today excluded"


def _span(window: Window) -> str:
    return formatting.day_span(window.first, window.last)


def looks_again(tile: Tile) -> str:
    if not tile.as_of:
        return "Every run looks again."
    return f"Every run looks again; the last one saw everything up to {_seen_up_to(tile)}."


def _seen_up_to(tile: Tile) -> str:
    return formatting.shop_time(min(tile.as_of.values()), tile.timezone)


def foot(tile: Tile, now: datetime, version: str) -> list[str]:
    sources = [
        f"{_SOURCES.get(source, source)} complete up to {formatting.shop_time(at, tile.timezone)}"
        f" {formatting.place(tile.timezone)} time ({formatting.ago(at, now)})"
        for source, at in sorted(tile.as_of.items())
    ]
    build = [f"Build {str(tile.build)[:8]}"] if tile.build else []
    metric = f"{tile.metric_title} v{tile.metric_version}"
    return [*sources, *build, metric, f"Hotdash {version}"]
