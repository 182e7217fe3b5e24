"""What Today says around its tiles: the banner, what to do now, which days and how old."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from math import ceil
from urllib.parse import urlencode

from hotdash.entrypoints.web import formatting
from hotdash.entrypoints.web.pages.asked_view import AskedView
from hotdash.entrypoints.web.pages.data_health.state import check_url, health_url
from hotdash.entrypoints.web.pages.tile_view import tile_url
from hotdash.insights.metrics.definition import Metric
from hotdash.insights.metrics.period import Compare, Period, Range, Window
from hotdash.insights.tiles.catalog import TILES
from hotdash.insights.tiles.chart import MetricDays
from hotdash.insights.tiles.contract import ActionKind, Tile, TileState
from hotdash.insights.tiles.trouble import Reprocessing
from hotdash.storage.appdb.repositories.anomalies import AnomalyRecord
from hotdash.storage.appdb.repositories.backfills import EventRecord
from hotdash.storage.appdb.repositories.recommendations import RecommendationRecord

MOST_DECISIONS = 3
_MOST_REASONS = 2
_LATE = (TileState.STALE, TileState.DEGRADED)
_SOURCES = {source.name: source.title for tile in TILES.values() for source in tile.sources} | {
    "shopify": "Shopify orders"
}


@dataclass(frozen=True, slots=True)
class Choice:
    value: str
    title: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Banner:
    """The address is where more is told about it."""

    state: str
    title: str
    text: str
    url: str | None = None
    verb: str = ""


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


def banner(tiles: Sequence[Tile], now: datetime, shop_id: str) -> Banner | None:
    """The worst that is the matter, and which tiles it concerns."""
    blocked = [tile for tile in tiles if tile.state is TileState.BLOCKED]
    if blocked:
        return _blocked(blocked, len(tiles), shop_id)
    running = next((tile for tile in tiles if tile.under_way is not None), None)
    if running is not None and running.under_way is not None:
        under_way = running.under_way
        if under_way.days is not None:
            return backfilling(under_way, under_way.days, now, running.timezone)
        return Banner("reprocessing", "Reprocessing.", "The numbers may change when it ends.")
    late = [tile for tile in tiles if tile.state in _LATE and tile.as_of]
    if late:
        return _late(late, len(tiles))
    return None


def _blocked(tiles: Sequence[Tile], of: int, shop_id: str) -> Banner:
    since = min(tile.blocked.since for tile in tiles if tile.blocked is not None)
    shown = (
        "What you see are the last trusted numbers."
        if all(tile.build for tile in tiles)
        else "Where nothing was published before, there is no number to show."
    )
    title = f"Blocked since {formatting.shop_time(since, tiles[0].timezone)}."
    text = f"A check failed. {_affected(tiles, of)}{shown}"
    return Banner("blocked", title, text, health_url(shop_id), "See data health")


def _late(tiles: Sequence[Tile], of: int) -> Banner:
    seen = min(at for tile in tiles for at in tile.as_of.values())
    shown = f"What you see is from {formatting.shop_time(seen, tiles[0].timezone)}."
    return Banner("stale", "The data is not up to date.", f"{_affected(tiles, of)}{shown}")


def _affected(tiles: Sequence[Tile], of: int) -> str:
    if len(tiles) == of:
        return ""
    return f"Affects {formatting.listing(tile.title for tile in tiles)}. "


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


def named_backfill(
    shown: Banner | None, backfill: EventRecord | None, shop_id: str
) -> Banner | None:
    """For whoever may see backfills: why these days are computed anew, and where to follow it."""
    if shown is None or backfill is None or shown.state != "reprocessing":
        return shown
    url = f"/backfills/{backfill.backfill_id}?{urlencode({'shop': shop_id})}"
    text = f"{shown.text} Why: {backfill.reason}"
    return replace(shown, text=text, url=url, verb="See the backfill")


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


def do_now(
    tiles: Sequence[Tile], shop_id: str, period: Period, asked: Sequence[AskedView] = ()
) -> list[DecisionView | AskedView]:
    """What keeps numbers back comes first, then what is recommended, then what tiles point at."""
    found: list[DecisionView | AskedView] = [
        *_failed_checks(tiles, shop_id),
        *_catching_up(tiles),
        *asked,
        *not_asked(_acting(tiles, shop_id, period), asked),
    ]
    return list(dict.fromkeys(found))[:MOST_DECISIONS]


def not_asked(acting: Iterable[DecisionView], asked: Sequence[AskedView]) -> Iterator[DecisionView]:
    """A tile points at what is recommended already, in the same words."""
    titles = {each.title for each in asked}
    return (each for each in acting if each.title not in titles)


def not_above(
    unusual: Iterable[AnomalyRecord],
    waiting: Iterable[RecommendationRecord],
    shown: Iterable[DecisionView | AskedView],
) -> list[AnomalyRecord]:
    """What stands above as a decision is not told a second time."""
    above = {each.recommendation_id for each in shown if isinstance(each, AskedView)}
    asked: set[str] = set()
    for each in waiting:
        if each.recommendation_id in above:
            asked |= set(each.features.get("anomalies", ()))
    return [each for each in unusual if str(each.anomaly_id) not in asked]


def _failed_checks(tiles: Sequence[Tile], shop_id: str) -> Iterator[DecisionView]:
    for tile in tiles:
        if tile.state is TileState.BLOCKED and tile.blocked is not None:
            for check in tile.blocked.checks:
                yield DecisionView(
                    check.sentence, check.mend, "See the check", check_url(shop_id, check.name)
                )


def _catching_up(tiles: Sequence[Tile]) -> Iterator[DecisionView]:
    for tile in tiles:
        action = tile.next_action
        if action.kind is ActionKind.RELEASE_PIN:
            yield DecisionView("Release the held publication", action.text)
        elif action.kind is ActionKind.RUN:
            title = "Bring the data up to date" if tile.build else "Publish the first numbers"
            yield DecisionView(title, action.text)


def _acting(tiles: Sequence[Tile], shop_id: str, period: Period) -> Iterator[DecisionView]:
    for tile in tiles:
        if tile.state is TileState.ACT:
            action, url = tile.next_action, tile_url(tile.tile, shop_id, period)
            place = action.about if action.kind is ActionKind.SEE_LIST else "days"
            verb = "See the list" if action.kind is ActionKind.SEE_LIST else "See the days"
            yield DecisionView(
                action.text, " ".join(tile.reasons[:_MOST_REASONS]), verb, f"{url}#{place}"
            )


def period_line(tile: Tile, period: Period) -> str:
    days = _span(tile.window) if tile.window else period.title
    compared = f" vs {_span(tile.base_window)}" if tile.base_window else ""
    today = "with today so far" if TILES[tile.tile].is_standing else "today excluded"
    return f"{days}{compared} · {formatting.place(tile.timezone)} time · {today}"


def _span(window: Window) -> str:
    return formatting.day_span(window.first, window.last)


def looks_again(tiles: Sequence[Tile]) -> str:
    seen = [at for tile in tiles for at in tile.as_of.values()]
    if not seen:
        return "Every run looks again."
    at = formatting.shop_time(min(seen), tiles[0].timezone)
    return f"Every run looks again; the last one saw everything up to {at}."


def foot(tiles: Sequence[Tile], days: MetricDays, now: datetime, version: str) -> list[str]:
    oldest = dict[str, datetime]()
    for tile in tiles:
        for source, at in tile.as_of.items():
            oldest[source] = min(at, oldest.get(source, at))
    sources = [
        f"{_SOURCES.get(source, source)} complete up to {formatting.shop_time(at, days.timezone)}"
        f" {formatting.place(days.timezone)} time ({formatting.ago(at, now)})"
        for source, at in sorted(oldest.items())
    ]
    build = [f"Build {str(days.build)[:8]}"] if days.build else []
    metric = f"{days.metric.title} v{days.metric.version}"
    return [*sources, *build, metric, f"Hotdash {version}"]
