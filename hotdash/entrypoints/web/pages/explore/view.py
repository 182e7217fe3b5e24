"""What Explore says around its drawing and its table: headline, banner, goals, and what all of it rests on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from hotdash.entrypoints.web import formatting
from hotdash.entrypoints.web.pages.data_health.state import health_url
from hotdash.entrypoints.web.pages.explore.choices import AGAINST_TITLES
from hotdash.entrypoints.web.pages.explore.values import number
from hotdash.entrypoints.web.pages.explore.values import shown as amount
from hotdash.entrypoints.web.pages.today_view import Banner, backfilling
from hotdash.insights.marks.goals import Progress
from hotdash.insights.metrics.query.answer import (
    Answer,
    AnsweredMetric,
    Cell,
)
from hotdash.insights.tiles.trouble import Reprocessing
from hotdash.reports.answer_heading import versions_of
from hotdash.reports.answer_table import AnswerTable, Column, Kind, decimals_of, exact
from hotdash.storage.appdb.repositories.standings import Block


@dataclass(frozen=True, slots=True)
class Headline:
    title: str
    value: str
    change: str
    verdict: str
    compared: str
    why: str
    definition_url: str


@dataclass(frozen=True, slots=True)
class GoalView:
    """width is of a hundred; days_width how much of its days is over."""

    goal_id: UUID
    title: str
    days: str
    value: str
    target: str
    share: str
    width: int
    days_width: int
    state: str
    word: str


def headlines(totals: Answer, table: AnswerTable) -> list[Headline]:
    """The whole of what is split below."""
    if not table.rows:
        return []
    row = totals.rows[0]
    shown = {
        column.name: value if value is None else amount(value, column)
        for column, value in zip(table.columns, table.rows[0], strict=True)
    }
    return [_headline(each, row.cells[each.asked], shown) for each in totals.metrics]


def _headline(each: AnsweredMetric, cell: Cell, shown: Mapping[str, str | None]) -> Headline:
    change, asked = cell.change, each.asked
    is_better = (change > 0) == (each.metric.direction == "up") if change else None
    return Headline(
        title=each.metric.title,
        value=shown[asked] or formatting.MISSING,
        change=shown.get(f"change_share_{asked}") or "",
        verdict={True: "better", False: "worse", None: "same"}[is_better],
        compared=shown.get(f"compared_{asked}") or "",
        why=cell.why or cell.why_no_base or "",
        definition_url=f"/definitions/{each.metric.name}",
    )


class Stands(Protocol):
    """How what is shown stands: what is kept back, how old it is, and whether there is any."""

    @property
    def shop_id(self) -> str: ...

    @property
    def timezone(self) -> str: ...

    @property
    def builds(self) -> Mapping[str, UUID | None]: ...

    @property
    def as_of(self) -> Mapping[str, datetime]: ...

    @property
    def blocked(self) -> Mapping[str, Block]: ...


def banner_of(
    shop: Stands,
    stale: Sequence[str],
    under_way: Reprocessing | None,
    now: datetime,
) -> Banner | None:
    """Untrusted beats changing, changing beats old, as on Today."""
    if shop.blocked:
        since = formatting.shop_time(
            min(each.since for each in shop.blocked.values()), shop.timezone
        )
        told = " ".join(dict.fromkeys(each.told for each in shop.blocked.values()))
        known = any(shop.builds.values())
        seen = "What you see are the last trusted numbers." if known else "Nothing was trusted yet."
        more = health_url(shop.shop_id), "See data health"
        return Banner("blocked", f"Blocked since {since}.", f"{told} {seen}", *more)
    if under_way is not None:
        if under_way.days is not None:
            return backfilling(under_way, under_way.days, now, shop.timezone)
        return Banner("reprocessing", "Reprocessing.", "The numbers may change when it ends.")
    if stale:
        return Banner("stale", "The data is not up to date.", " ".join(stale))
    return None


def stale_sources(
    shop: Stands,
    now: datetime,
    limits: Mapping[str, timedelta],
    titles: Mapping[str, str],
) -> list[str]:
    return [
        f"{titles.get(source, source)} was last complete {formatting.ago(at, now)}."
        for source, at in sorted(shop.as_of.items())
        if source in limits and now - at > limits[source]
    ]


def period_line(answer: Answer) -> str:
    shop = answer.shops[0]
    days = formatting.day_span(shop.window.first, shop.window.last)
    compared = ""
    if shop.base_window is not None:
        base = formatting.day_span(shop.base_window.first, shop.base_window.last)
        compared = f" vs {base} ({AGAINST_TITLES[answer.against].lower()})"
    return f"{days}{compared} · {formatting.place(shop.timezone)} time"


def provisional_line(answer: Answer) -> str | None:
    if not answer.provisional:
        return None
    last = answer.shops[0].last_complete
    if last is None:
        return "No day is complete yet: everything here is provisional."
    count = sum(row.provisional for row in answer.rows)
    days = "1 row is" if count == 1 else f"{count} rows are"
    return f"{days} provisional: the last complete day is {formatting.day_with_year(last)}."


def foot(answer: Answer, now: datetime, titles: Mapping[str, str], version: str) -> list[str]:
    shop = answer.shops[0]
    models = [f"credited by {each.model}" for each in answer.metrics if each.model]
    return [
        *rests_on(shop, now, titles),
        *(versions_of(each) for each in answer.metrics),
        *dict.fromkeys(models),
        f"Currency {answer.currency or 'of each shop'}",
        f"Timezone {shop.timezone}",
        f"Hotdash {version}",
    ]


def rests_on(shop: Stands, now: datetime, titles: Mapping[str, str]) -> list[str]:
    sources = [
        f"{titles.get(source, source)} complete up to {formatting.shop_time(at, shop.timezone)}"
        f" ({formatting.ago(at, now)})"
        for source, at in sorted(shop.as_of.items())
    ]
    builds = {str(build)[:8] for build in shop.builds.values() if build}
    return [*sources, *(f"Build {build}" for build in sorted(builds))]


def goal_views(progresses: Iterable[Progress]) -> list[GoalView]:
    return [_goal(each) for each in progresses]


def _goal(each: Progress) -> GoalView:
    goal, metric = each.goal, each.metric
    kinds = {"money": Kind.MONEY, "share": Kind.SHARE}
    whole = goal.target == goal.target.to_integral_value() and (
        each.value is None or each.value == each.value.to_integral_value()
    )
    places = decimals_of(metric, goal.currency, whole=whole)
    column = Column("", "", kinds.get(metric.unit.value, Kind.NUMBER), places, goal.currency)
    value = exact(each.value, places)
    state, word = {
        True: ("ok", "On the way"),
        False: ("watch", "Behind"),
        None: ("empty", "Not begun"),
    }[each.is_on_track]
    over = each.days_known >= each.days
    if over and each.is_on_track is not None:
        word = "Reached" if each.is_on_track else "Missed"
    share = each.share
    return GoalView(
        goal_id=goal.goal_id,
        title=metric.title,
        days=formatting.day_span(goal.first_day, goal.last_day),
        value=formatting.MISSING if value is None else number(value, column),
        target=number(exact(goal.target, places) or goal.target, column),
        share="" if share is None else formatting.percent(share),
        width=0 if share is None else min(100, max(0, int(share * 100))),
        days_width=int(each.share_of_days * 100),
        state=state,
        word=word,
    )
