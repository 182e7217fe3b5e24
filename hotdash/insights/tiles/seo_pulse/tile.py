"""Which metrics, lists and words make up SEO Pulse."""

from dataclasses import replace
from datetime import timedelta

from hotdash.insights.tiles import wording
from hotdash.insights.tiles.contract import ActionKind, CellKind, Column, NextAction
from hotdash.insights.tiles.definition import Context, Found, Listed, Reading, TileDefinition
from hotdash.insights.tiles.listing import listed
from hotdash.insights.tiles.sources import SEARCHES, SESSIONS

PAGES, QUERIES = "fct_landing_pages", "fct_search_days"
GOOD_POSITION = 10
LEAST_IMPRESSIONS = 20
_WEEKS = (
    Column("sessions", "This week", CellKind.COUNT),
    Column("before", "Week before", CellKind.COUNT),
    Column("change", "Change", CellKind.SHARE),
)
_ANOMALIES = (Column("page", "Landing page"), *_WEEKS, Column("day", "Up to", CellKind.DAY))
_PAGES = (Column("page", "Landing page"), *_WEEKS, Column("flag", "Flag"))
_RANKINGS = (
    Column("query", "Query"),
    Column("clicks", "Clicks", CellKind.COUNT),
    Column("impressions", "Impressions", CellKind.COUNT),
    Column("position", "Position", CellKind.NUMBER),
    Column("position_before", "Before", CellKind.NUMBER),
)
_GAPS = (
    Column("query", "Query"),
    Column("impressions", "Impressions", CellKind.COUNT),
    Column("clicks", "Clicks", CellKind.COUNT),
    Column("position", "Best position", CellKind.NUMBER),
    Column("page", "Its page"),
)


def _load(reading: Reading) -> Listed:
    return Listed(
        [
            listed(
                *(reading, __file__, "anomalies", "Pages that lost visitors", _ANOMALIES),
                mart=PAGES,
                nothing="No landing page lost more visitors than the shop set.",
            ),
            listed(
                *(reading, __file__, "landing_pages", "Landing pages", _PAGES),
                mart=PAGES,
                nothing="No two whole weeks of landing pages have been read yet.",
            ),
            listed(
                *(reading, __file__, "rankings", "Rankings", _RANKINGS),
                mart=QUERIES,
                nothing="Google named no query in these days.",
                note="Rare queries are named nowhere, so these add up to less than all clicks.",
            ),
            listed(
                *(reading, __file__, "gaps", "Content gaps", _GAPS),
                mart=QUERIES,
                nothing="Every query that is searched often has a page on the first page of results.",
                note=f"Queries with at least {LEAST_IMPRESSIONS} impressions whose best page stands "
                f"behind position {GOOD_POSITION}.",
                good_position=GOOD_POSITION,
                least_impressions=LEAST_IMPRESSIONS,
            ),
        ]
    )


def _missing(found: Found) -> str:
    if found.first_day is None:
        return "Google has shown no page of the shop yet."
    return f"Google counted nothing between {wording.span(found.windows.current)}."


def _next_step(found: Found) -> NextAction | None:
    lost = found.rows("anomalies")
    if not lost:
        return None
    what = wording.counted(lost, "page")
    return NextAction(ActionKind.SEE_LIST, f"Look into {what} that lost visitors", "anomalies")


SEO_PULSE = TileDefinition(
    name="seo-pulse",
    title="SEO Pulse",
    question="How many visitors come from search, and which pages lose them?",
    metric="organic_clicks",
    sources=(SEARCHES, replace(SESSIONS, is_beside=True)),
    rests_on=("fct_search_totals",),
    shows=(QUERIES, PAGES, "fct_sessions"),
    context=(
        Context("organic_sessions", has_own_days=True),
        Context("search_impressions"),
        Context("search_position"),
        Context("bounce_rate", has_own_days=True),
        Context("traffic_anomalies", is_judged=True, has_own_days=True),
    ),
    counted_by="search_impressions",
    missing=_missing,
    load=_load,
    next_step=_next_step,
    cache_for=timedelta(minutes=15),
)
