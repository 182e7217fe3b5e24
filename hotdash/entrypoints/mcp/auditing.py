"""Every call in the audit log, with what it was about and how it ended, before its answer goes out."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hotdash.base.actors import actor_of
from hotdash.entrypoints.mcp.asked import UNKNOWN, Keeping
from hotdash.entrypoints.mcp.callers import Caller
from hotdash.entrypoints.mcp.house import McpHouse
from hotdash.storage.appdb.repositories import audit
from hotdash.storage.appdb.repositories.shops import list_shops
from hotdash.storage.appdb.repositories.visits import Visit

TOOL_CALLED, RESOURCE_READ, PROMPT_TAKEN = (
    *("mcp tool called", "mcp resource read", "mcp prompt taken"),
)
ANSWERED = "answered"
_NOBODY = "mcp:nobody"


@dataclass
class Record:
    """Filled in while a call is looked at; shops are those that it was let in for.

    `subject` is what was asked for, and is kept as it was sent once it is known as one of ours.
    """

    action: str
    subject: str
    arguments: Mapping[str, Any]
    fields: Collection[str] = ()
    named: Collection[str] = ()
    is_ours: bool = False
    visit: Visit | None = None
    shops: Sequence[str] = ()
    outcome: str = ANSWERED
    more: Mapping[str, Any] = field(default_factory=dict[str, Any])


def write(house: McpHouse, caller: Caller, record: Record) -> None:
    """In each shop it was about; a call that was about none, or let into none, in the house's own chain."""
    visit = record.visit
    with house.database.jobs() as session:
        known = {each.shop_id for each in list_shops(session)}
    is_answered = record.outcome == ANSWERED
    keeping = Keeping(house.asked_key(), known, record.fields, record.named, is_answered)
    asked_for = {} if record.is_ours else {"asked_for": keeping.text(record.subject)}
    detail: dict[str, Any] = {
        "arguments": keeping.arguments(record.arguments),
        "outcome": record.outcome,
        "door": caller.door,
        **asked_for,
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
                subject=record.subject if record.is_ours else UNKNOWN,
                at=house.clock.now(),
                detail=detail,
                request_id=caller.request_id,
            )
