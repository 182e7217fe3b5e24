"""One text per value, however the two sides write it."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any, cast
from uuid import UUID

from hotdash.base.clock import parse_iso

NULL = chr(30)
_BEGINNING = datetime.fromtimestamp(0, UTC)


def canonical(kind: str, value: Any) -> str:
    return NULL if value is None else _TEXTS[kind](value)


def instant_of(value: Any) -> datetime:
    return value if isinstance(value, datetime) else parse_iso(str(value))


def _number(value: Any) -> str:
    number = Decimal(str(value))
    return f"{number.normalize():f}" if number else "0"


def _json(value: Any) -> str:
    """Ours comes as text, theirs as what was read; numbers are told by what they are worth."""
    read: Any = json.loads(value, parse_float=Decimal) if isinstance(value, str) else value
    return json.dumps(_plain(read), sort_keys=True, ensure_ascii=False)


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _plain(each) for name, each in cast("Mapping[str, Any]", value).items()}
    if isinstance(value, list):
        return ["list", *(_plain(each) for each in cast("list[Any]", value))]
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        return ["number", _number(value)]
    return value


def _microseconds(value: Any) -> str:
    return str((instant_of(value) - _BEGINNING) // timedelta(microseconds=1))


_TEXTS: Mapping[str, Callable[[Any], str]] = {
    "uuid": lambda value: str(UUID(str(value))),
    "timestamp with time zone": _microseconds,
    "numeric": _number,
    "integer": _number,
    "jsonb": _json,
    "text": str,
}
