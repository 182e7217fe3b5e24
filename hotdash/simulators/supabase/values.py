"""Column types: what they take in, how they compare, and how they are written as JSON."""

import json
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, cast

from hotdash.simulators.supabase.errors import wrong_value

Take = Callable[[Any], Any]


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=str)


def _whole(value: Any) -> int:
    if isinstance(value, bool):
        raise ValueError
    number = Decimal(value)
    if number != number.to_integral_value():
        raise ValueError
    return int(number)


def _exact(value: Any) -> Decimal:
    if isinstance(value, bool):
        raise ValueError
    return Decimal(value)


def _flag(value: Any) -> bool:
    known = {True: True, False: False, "true": True, "false": False, "t": True, "f": False}
    return known[value]


def _instant(value: Any) -> datetime:
    told = datetime.fromisoformat(value)
    return told.replace(tzinfo=UTC) if told.tzinfo is None else told.astimezone(UTC)


def _json(value: Any) -> Any:
    return value


_TAKES: Mapping[str, Take] = {
    "text": _text,
    "integer": _whole,
    "bigint": _whole,
    "numeric": _exact,
    "boolean": _flag,
    "timestamp with time zone": _instant,
    "date": date.fromisoformat,
    "uuid": lambda value: str(uuid.UUID(value)),
    "jsonb": _json,
}
_SHORT = {"timestamptz": "timestamp with time zone", "int": "integer", "int8": "bigint"}


def kind_of(name: str) -> str:
    """A column's type by Postgres's own name of it."""
    kind = _SHORT.get(name, name)
    if kind not in _TAKES:
        raise ValueError(f"The simulator knows no columns of type {name!r}")
    return kind


def taken_in(kind: str, value: Any) -> Any:
    if value is None:
        return None
    try:
        return _TAKES[kind](value)
    except (ValueError, TypeError, KeyError, InvalidOperation):
        raise wrong_value(kind, value) from None


def written(value: Any) -> str:
    """JSON that keeps a numeric's digits as they are."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime | date):
        return json.dumps(value.isoformat())
    if isinstance(value, dict):
        pairs = cast("Mapping[str, Any]", value).items()
        return "{" + ",".join(f"{json.dumps(k)}:{written(v)}" for k, v in pairs) + "}"
    if isinstance(value, list):
        return "[" + ",".join(written(each) for each in cast("list[Any]", value)) + "]"
    return json.dumps(value, ensure_ascii=False)
