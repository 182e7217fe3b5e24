"""Which metrics, lists and words make up CX Pulse."""

from collections.abc import Mapping
from typing import Any

from hotdash.insights.tiles import wording
from hotdash.insights.tiles.contract import ActionKind, CellKind, Column, NextAction
from hotdash.insights.tiles.definition import Context, Found, Listed, Reading, TileDefinition
from hotdash.insights.tiles.listing import listed
from hotdash.insights.tiles.sources import CONVERSATIONS

TALKS, BREACHES = "fct_conversations", "fct_sla_events"
_PROMISES = {"first_reply": "First reply", "next_reply": "Next reply", "resolution": "Resolution"}
_BREACHED = (
    Column("conversation_id", "Conversation"),
    Column("promise", "Broken promise"),
    Column("channel", "Channel"),
    Column("priority", "Priority"),
    Column("breached_at", "Past since", CellKind.INSTANT),
    Column("late", "Late by", CellKind.MINUTES),
)
_TOPICS = (
    Column("topic", "Topic"),
    Column("conversations", "Conversations", CellKind.COUNT),
    Column("before", "Before", CellKind.COUNT),
    Column("breached", "Promise broken", CellKind.COUNT),
)
_BY_DAY = (
    Column("day", "Day", CellKind.DAY),
    Column("conversations", "Opened", CellKind.COUNT),
    Column("answered", "Answered", CellKind.COUNT),
    Column("breached", "Promise broken", CellKind.COUNT),
)


def _load(reading: Reading) -> Listed:
    is_told = reading.is_built(BREACHES)
    breached = listed(
        *(reading, __file__, "breached", "Open past their promise", _BREACHED),
        mart=TALKS if is_told else BREACHES,
        nothing="No open conversation is past its promise.",
        finish=_named,
    )
    topics = listed(
        *(reading, __file__, "topics", "Topics", _TOPICS),
        mart=TALKS,
        nothing="No conversation of these days carries a label.",
        note="Topics are the labels that agents or automations gave.",
    )
    by_day = listed(*(reading, __file__, "by_day", "Conversations by day", _BY_DAY), mart=TALKS)
    counts = {"open_past_sla": breached.total} if is_told and reading.is_published(TALKS) else {}
    return Listed([breached, topics, by_day], counts=counts)


def _named(row: Mapping[str, Any]) -> Mapping[str, Any]:
    channel = str(row["channel"] or "").removeprefix("Channel::")
    return {**row, "promise": _PROMISES.get(row["kind"], row["kind"]), "channel": channel}


def _missing(found: Found) -> str:
    if found.first_day is None:
        return "The shop has no conversation yet."
    return f"No conversation opened between {wording.span(found.windows.current)} was answered."


def _next_step(found: Found) -> NextAction | None:
    waiting = found.rows("breached")
    if not waiting:
        return None
    what = wording.counted(waiting, "conversation")
    return NextAction(ActionKind.SEE_LIST, f"Answer {what} past the promise", "breached")


CX_PULSE = TileDefinition(
    name="cx-pulse",
    title="CX Pulse",
    question="How long do customers wait for an answer, and who waits past a promise?",
    metric="first_reply_time",
    sources=(CONVERSATIONS,),
    rests_on=(TALKS,),
    shows=(BREACHES,),
    context=(
        Context("open_past_sla", is_judged=True, is_counted=True),
        Context("csat", is_judged=True),
        Context("sla_breach_rate", is_judged=True),
        Context("resolution_time"),
        Context("conversations"),
    ),
    missing=_missing,
    load=_load,
    next_step=_next_step,
)
