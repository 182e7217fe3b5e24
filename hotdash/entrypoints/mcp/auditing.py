"""Every call in the audit log, with its arguments and how it ended, before its answer goes out."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, cast

from hotdash.base.actors import actor_of
from hotdash.entrypoints.mcp.callers import Caller
from hotdash.entrypoints.mcp.fence import told_without_people
from hotdash.entrypoints.mcp.house import McpHouse
from hotdash.storage.appdb.repositories import audit
from hotdash.storage.appdb.repositories.visits import Visit

TOOL_CALLED, RESOURCE_READ, PROMPT_TAKEN = (
    *("mcp tool called", "mcp resource read", "mcp prompt taken"),
)
ANSWERED = "answered"
_NOBODY = "mcp:nobody"
_LONGEST_TEXT = 500
_MOST_ENTRIES = 50
_DEEPEST = 4
_LARGEST = 2**53


@dataclass
class Record:
    """Filled in while a call is looked at; shops are those that it was let in for."""

    action: str
    subject: str
    arguments: Mapping[str, Any]
    visit: Visit | None = None
    shops: Sequence[str] = ()
    outcome: str = ANSWERED
    more: Mapping[str, Any] = field(default_factory=dict[str, Any])


def write(house: McpHouse, caller: Caller, record: Record) -> None:
    """In each shop it was about; a call that was about none, or let into none, in the house's own chain."""
    visit = record.visit
    detail: dict[str, Any] = {
        "arguments": told(record.arguments),
        "outcome": record.outcome,
        "door": caller.door,
        **record.more,
    }
    if visit is not None and visit.token_id is not None:
        detail["token"] = str(visit.token_id)
    with house.database.jobs() as session:
        for shop_id in record.shops or (None,):
            audit.add_event(
                session,
                shop_id=shop_id,
                actor=actor_of(visit.user_id) if visit else _NOBODY,
                action=record.action,
                subject=told_text(record.subject),
                at=house.clock.now(),
                detail=detail,
                request_id=caller.request_id,
            )


def told(value: Any, depth: int = 0) -> Any:
    """As it was sent, as far as a record can hold it: cut where it is longer than anybody would ask."""
    match value:
        case None | bool():
            return value
        case str():
            return told_text(value)
        case int():
            return value if abs(value) <= _LARGEST else "a number too large to keep"
        case float():
            return value if math.isfinite(value) else str(value)
        case _ if depth >= _DEEPEST:
            return "…"
        case Mapping():
            named = cast("Mapping[Any, Any]", value)
            return {
                told_text(str(key)): told(each, depth + 1)
                for key, each in islice(named.items(), _MOST_ENTRIES)
            }
        case _:
            listed = cast("Sequence[Any]", value)
            return [told(each, depth + 1) for each in listed[:_MOST_ENTRIES]]


def told_text(text: str) -> str:
    shown = told_without_people(text)
    return shown if len(shown) <= _LONGEST_TEXT else f"{shown[:_LONGEST_TEXT]}…"
