"""What an answer of the project means: arrived, again later, smaller, or nothing goes until somebody acts."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, cast

from hotdash.decisions.mirror.client import Answer


class Kind(StrEnum):
    ARRIVED = "arrived"
    AGAIN = "again"
    # One row among them may be at fault.
    SMALLER = "smaller"
    STOP = "stop"
    TABLES = "tables"


class State(StrEnum):
    UNTRIED = "untried"
    WORKING = "working"
    KEY_REFUSED = "key_refused"
    TABLES_DIFFER = "tables_differ"
    NOT_GRANTED = "not_granted"
    WRONG_ADDRESS = "wrong_address"
    THROTTLED = "throttled"
    UNREACHABLE = "unreachable"


NEEDS_A_PERSON = frozenset(
    {State.KEY_REFUSED, State.TABLES_DIFFER, State.NOT_GRANTED, State.WRONG_ADDRESS}
)


@dataclass(frozen=True, slots=True)
class Verdict:
    """`code` is the project's own, or the status where it told none."""

    kind: Kind
    state: State = State.WORKING
    code: str | None = None
    reason: str | None = None
    mend: str | None = None


_ENTER_KEY = (
    "Take the service key from the project's API settings and enter it with "
    "`hotdash mirror connect`."
)
_GRANT = (
    "Run the statements that `hotdash mirror check --sql` prints in the project's SQL editor: "
    "they grant the service key what it needs."
)
TABLES_MEND = (
    "Run the statements that `hotdash mirror check --sql` prints in the project's SQL editor; "
    "a table that differs is kept under another name."
)
_EXPOSE = "Expose the schema public in the project's Data API settings."
_ADDRESS = "Enter the project's own address, https://….supabase.co, with `hotdash mirror connect`."
_COME_BACK = "It is tried again by itself. Look at the project's page if this lasts."
_SLOW_DOWN = "It is tried again when the project said; nothing is lost."

_GRANT_CODE, _HIDDEN_SCHEMA = "42501", "PGRST106"
_TOKEN_CODES = frozenset({"PGRST300", "PGRST301", "PGRST302", "PGRST303"})
_TABLE_CODES = frozenset({"PGRST204", "PGRST205", "42P01", "42703", "42P10"})
STATEMENT_TIMEOUT = "57014"
PUBLIC_KEY = "PUBLIC_KEY"
_DEFINITIONS = "definitions"
_Json = dict[str, Any]
_QUOTA = "Look at the project's page: it is restricted until somebody pays or frees what it uses."
# Classes of Postgres's codes that speak of the server and never of a row.
_SERVER_CLASSES = frozenset({"08", "25", "28", "40", "53", "55", "57", "58", "F0", "XX"})
_OF_A_ROW = frozenset({400, 409, 422})


def judged(answer: Answer, rows: int) -> Verdict:
    status = answer.status
    if status is None:
        return Verdict(Kind.AGAIN, State.UNREACHABLE, "NO_ANSWER", answer.message, _COME_BACK)
    code = answer.code or f"HTTP_{status}"
    reason = answer.message or f"The project answered {status}."
    if status in range(200, 300) and not answer.is_html:
        return Verdict(Kind.ARRIVED)
    if status == 429:
        return Verdict(Kind.AGAIN, State.THROTTLED, code, reason, _SLOW_DOWN)
    if status == 413:
        return Verdict(Kind.SMALLER, State.WORKING, code, reason)
    if status >= 500 or status == 408 or _is_of_the_server(answer.code):
        return _server_error(answer, code, reason, rows)
    return _refusal(answer, status, code, reason)


def public_key() -> Verdict:
    """The project takes whoever comes with it for a visitor."""
    told = "This is the project's public (anon) key, which may not write."
    return Verdict(Kind.STOP, State.KEY_REFUSED, PUBLIC_KEY, told, _ENTER_KEY)


def judged_description(answer: Answer) -> Verdict:
    """Where no row was sent, none can be at fault."""
    verdict = judged(answer, 1)
    is_description = isinstance(answer.told, dict) and _DEFINITIONS in cast(_Json, answer.told)
    if verdict.kind is Kind.ARRIVED and not is_description:
        told = "What answers at this address is no Data API."
        return Verdict(Kind.STOP, State.WRONG_ADDRESS, None, told, _ADDRESS)
    if verdict.kind in (Kind.SMALLER, Kind.TABLES):
        return Verdict(Kind.STOP, State.WRONG_ADDRESS, verdict.code, verdict.reason, _ADDRESS)
    return verdict


def _server_error(answer: Answer, code: str, reason: str, rows: int) -> Verdict:
    if (code == STATEMENT_TIMEOUT and rows > 1) or _is_of_a_row(answer.code):
        return Verdict(Kind.SMALLER, State.WORKING, code, reason)
    return Verdict(Kind.AGAIN, State.UNREACHABLE, code, reason, _COME_BACK)


def _is_of_a_row(code: str | None) -> bool:
    return _is_of_postgres(code) and not _is_of_the_server(code)


def _is_of_the_server(code: str | None) -> bool:
    """As that it is read-only, which PostgREST calls a wrong method."""
    return code is not None and _is_of_postgres(code) and code[:2] in _SERVER_CLASSES


def _is_of_postgres(code: str | None) -> bool:
    return code is not None and len(code) == 5


def _refusal(answer: Answer, status: int, code: str, reason: str) -> Verdict:
    if code in _TABLE_CODES:
        return Verdict(Kind.TABLES, State.TABLES_DIFFER, code, reason, TABLES_MEND)
    if code == _HIDDEN_SCHEMA:
        return Verdict(Kind.STOP, State.NOT_GRANTED, code, reason, _EXPOSE)
    if code == _GRANT_CODE and status != 401:
        return Verdict(Kind.STOP, State.NOT_GRANTED, code, reason, _GRANT)
    if code == _GRANT_CODE:
        return replace(public_key(), code=code)
    if status == 401 or code in _TOKEN_CODES:
        return Verdict(Kind.STOP, State.KEY_REFUSED, code, reason, _ENTER_KEY)
    if answer.is_html or status < 400 or (status in (404, 405) and answer.code is None):
        told = f"There is no Data API at this address: it answered {status}."
        return Verdict(Kind.STOP, State.WRONG_ADDRESS, code, told, _ADDRESS)
    if status == 403:
        return Verdict(Kind.STOP, State.KEY_REFUSED, code, reason, _ENTER_KEY)
    if status == 402:
        return Verdict(Kind.STOP, State.NOT_GRANTED, code, reason, _QUOTA)
    if status in _OF_A_ROW or _is_of_a_row(answer.code):
        return Verdict(Kind.SMALLER, State.WORKING, code, reason)
    return Verdict(Kind.STOP, State.WRONG_ADDRESS, code, reason, _ADDRESS)
