"""One call from its arguments to its answer: who asks, whether they may, what comes back, and the record of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from hotdash.base.clock import iso_utc
from hotdash.base.errors import ForbiddenError, HotdashError, NotFoundError
from hotdash.base.logging import get_logger, new_reference
from hotdash.base.roles import Permission
from hotdash.entrypoints.admitting import sees, shop_of
from hotdash.entrypoints.mcp import auditing
from hotdash.entrypoints.mcp.auditing import Record
from hotdash.entrypoints.mcp.callers import Caller
from hotdash.entrypoints.mcp.contract import Asked, Call, Found, Tool
from hotdash.entrypoints.mcp.fence import Fence, told_without_people
from hotdash.entrypoints.mcp.house import McpHouse
from hotdash.entrypoints.mcp.registry import BY_NAME
from hotdash.storage.appdb.repositories.visits import Visit, VisitedShop
from hotdash.storage.appdb.session import token_in_use

_log = get_logger(__name__)
Document = dict[str, Any]


class ArgumentsError(HotdashError):
    code = "invalid_arguments"
    http_status = 422


@dataclass(frozen=True, slots=True)
class Outcome:
    document: Document
    is_error: bool


def call_tool(house: McpHouse, caller: Caller, name: str, arguments: Mapping[str, Any]) -> Outcome:
    def answered(record: Record) -> Document:
        visit = record.visit = entered(caller)
        if tool is None:
            raise NotFoundError(
                f"There is no tool {name[:40]!r}.", hint=f"Use one of {', '.join(BY_NAME)}."
            )
        asked = _read(tool, arguments)
        shops = _admitted(tool, asked, visit)
        record.shops = [each.shop_id for each in shops]
        found = tool.answer(Call(house, visit, shops, caller.request_id), asked)
        return enveloped(house, tool.name, found, tool.own_words, tool.people)

    tool = BY_NAME.get(name)
    record = Record(auditing.TOOL_CALLED, name, arguments)
    if tool is not None:
        record.is_ours = True
        record.fields, record.named = tool.asked.model_fields.keys(), tool.named
    return recorded(house, caller, record, answered)


def recorded(
    house: McpHouse, caller: Caller, record: Record, answered: Callable[[Record], Document]
) -> Outcome:
    """What could not be recorded is not told either."""
    outcome = _tried(caller, record, answered)
    try:
        auditing.write(house, caller, record)
    except Exception as error:
        _log.exception("mcp call not recorded", subject=record.subject)
        if isinstance(error, HotdashError):
            return Outcome(error_document(error), is_error=True)
        return Outcome(_internal(caller.request_id or new_reference()), is_error=True)
    return outcome


def _tried(caller: Caller, record: Record, answered: Callable[[Record], Document]) -> Outcome:
    before = token_in_use.set(None)
    try:
        return Outcome(answered(record), is_error=False)
    except HotdashError as error:
        record.outcome = error.code
        return Outcome(error_document(error), is_error=True)
    except Exception:
        reference = caller.request_id or new_reference()
        _log.exception("mcp call failed", subject=record.subject, reference=reference)
        record.outcome = "internal"
        return Outcome(_internal(reference), is_error=True)
    finally:
        token_in_use.reset(before)


def entered(caller: Caller) -> Visit:
    """From here on row-level security shows no more than the token opens."""
    visit = caller.visit()
    token_in_use.set(visit.token_id)
    return visit


def enveloped(
    house: McpHouse,
    name: str,
    found: Found,
    own_words: frozenset[str],
    people: frozenset[str] = frozenset(),
) -> Document:
    fence = Fence()
    return {
        "about": name,
        "answered_at": iso_utc(house.clock.now()),
        "build": dict(found.builds),
        "as_of": {shop: dict(times) for shop, times in found.as_of.items()},
        "units": dict(found.units),
        "data_fence": fence.as_json(),
        "answer": fence.document(found.document, own_words, people),
    }


def usable_tools(visit: Visit) -> list[Tool]:
    """Those that its holder's role and its scopes allow in at least one shop."""
    return [each for each in BY_NAME.values() if _seen(visit, each.needs)]


def _read(tool: Tool, arguments: Mapping[str, Any]) -> Asked:
    try:
        return tool.asked.model_validate(dict(arguments))
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        field = ".".join(str(part) for part in first["loc"]) or "arguments"
        raise ArgumentsError(
            f"{field[:60]} is not usable: {first['msg']}.",
            hint=f"Send what the input schema of {tool.name} describes.",
            field=field[:60],
        ) from None


def _admitted(tool: Tool, asked: Asked, visit: Visit) -> Sequence[VisitedShop]:
    named = asked.named_shops()
    if named is None:
        return everywhere(visit, tool.needs)
    named = named or [_only(visit)]
    return [shop_of(visit, shop_id, tool.needs) for shop_id in dict.fromkeys(named)]


def everywhere(visit: Visit, needs: Permission) -> Sequence[VisitedShop]:
    """For what is the same in every shop: those in which they have the right, at least one."""
    if not visit.shops:
        raise ForbiddenError("This token opens no shop.", hint="Make another one.")
    named = [each.shop_id for each in _seen(visit, needs)] or [next(iter(visit.shops))]
    return [shop_of(visit, shop_id, needs) for shop_id in named]


def _seen(visit: Visit, needs: Permission) -> list[VisitedShop]:
    return [each for each in visit.shops.values() if sees(visit, each, needs)]


def _only(visit: Visit) -> str:
    if len(visit.shops) == 1:
        return next(iter(visit.shops))
    raise ArgumentsError(
        f"This token opens {len(visit.shops)} shops, and none is named.",
        hint=f"Name one of {', '.join(visit.shops)}." if visit.shops else "Make another token.",
        field="shop",
    )


def error_document(error: HotdashError) -> Document:
    told: Document = {"code": error.code, "message": told_without_people(error.message)}
    if error.field is not None:
        told["field"] = error.field
    return {"error": told | {"hint": told_without_people(error.hint)}}


def _internal(reference: str) -> Document:
    return {
        "error": {
            "code": "internal",
            "message": "Something went wrong on our side.",
            "hint": "Try again; if it happens again, look for the reference in the log.",
            "ref": reference,
        }
    }
