"""Which metrics, lists and words make up Ops Pulse."""

from dataclasses import replace
from decimal import Decimal

from hotdash.insights.tiles import wording
from hotdash.insights.tiles.contract import (
    ActionKind,
    CellKind,
    Column,
    Fact,
    NextAction,
    TileList,
)
from hotdash.insights.tiles.definition import Context, Found, Listed, Reading, TileDefinition
from hotdash.insights.tiles.listing import listed
from hotdash.insights.tiles.sources import CONVERSATIONS, SESSIONS

_SOURCES = (
    Column("source", "Source"),
    Column("state", "State"),
    Column("since", "Since", CellKind.INSTANT),
    Column("seen_at", "Last heard of", CellKind.INSTANT),
    Column("reason", "Reason"),
)
_CALLS = (
    Column("vendor", "Vendor"),
    Column("calls", "Calls", CellKind.COUNT),
    Column("failed", "Failed", CellKind.COUNT),
    Column("error_rate", "Error rate", CellKind.RATE),
)
_FACTS = (
    Column("fact_type", "Fact"),
    Column("facts", "Counted", CellKind.COUNT),
    Column("newest", "Newest", CellKind.INSTANT),
)


def _load(reading: Reading) -> Listed:
    sources = listed(
        *(reading, __file__, "sources", "Sources", _SOURCES),
        nothing="No source has been asked yet.",
    )
    calls = listed(
        *(reading, __file__, "calls", "Calls to vendors, last 24 hours", _CALLS),
        nothing="No vendor was called in the last 24 hours.",
    )
    facts = listed(
        *(reading, __file__, "facts", "Facts, last 7 days", _FACTS),
        nothing="Not yet counted: no fact was written in the last 7 days.",
    )
    health = [_ready(reading), _errors(calls), _counted(facts)]
    return Listed([sources, calls, facts], [*_failing(sources), *health])


def _ready(reading: Reading) -> Fact:
    gauges = reading.gauges
    if not gauges.tile_answers:
        return Fact("cache_hit_rate", "Ready answers: not yet counted")
    share = Decimal(gauges.ready_tile_answers) / gauges.tile_answers
    told = f"Ready answers: {wording.percent(share)} of {gauges.tile_answers:,} since the start"
    return Fact("cache_hit_rate", told)


def _errors(calls: TileList) -> Fact:
    asked, failed = _sum(calls, "calls"), _sum(calls, "failed")
    if not asked:
        return Fact("api_error_rate", "API errors: not yet counted")
    share = wording.percent(Decimal(failed) / asked)
    return Fact("api_error_rate", f"API errors: {share} of {asked:,} calls in 24 hours")


def _counted(facts: TileList) -> Fact:
    total = _sum(facts, "facts")
    told = f"{total:,} in 7 days" if total else "not yet counted"
    return Fact("facts_ingested", f"Facts: {told}")


def _failing(sources: TileList) -> list[Fact]:
    failing = [row for row in sources.rows if row[1] != "working"]
    if not failing:
        return []
    names = ", ".join(str(row[0]) for row in failing)
    return [Fact("failing_sources", f"Not answering: {names}")]


def _sum(each: TileList, name: str) -> int:
    place = [column.name for column in each.columns].index(name)
    return sum(int(str(row[place])) for row in each.rows)


def _missing(_found: Found) -> str:
    return "Not yet counted: activation needs seven days since the first visit."


def _next_step(found: Found) -> NextAction | None:
    if any(fact.name == "failing_sources" for fact in found.listed.facts):
        return NextAction(ActionKind.SEE_LIST, "See which sources do not answer", "sources")
    return None


OPS_PULSE = TileDefinition(
    name="ops-pulse",
    title="Ops Pulse",
    question="Do people decide in time, and is the pipeline well?",
    metric="activation_rate",
    sources=(replace(CONVERSATIONS, is_beside=True), replace(SESSIONS, is_beside=True)),
    rests_on=("fct_sla_events",),
    shows=("fct_landing_pages",),
    context=(
        Context("sla_resolution_time", is_judged=True),
        Context("anomaly_response_rate", is_judged=True),
        Context("decisions"),
        Context("time_to_decide"),
        Context("decisions_per_operator_hour"),
        Context("time_saved"),
    ),
    missing=_missing,
    load=_load,
    next_step=_next_step,
    is_live=True,
)
