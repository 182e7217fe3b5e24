"""Samples of failing rows leave the warehouse; persons in them do not."""

import re
from collections.abc import Mapping
from typing import Any

MASK = "***"
_PERSONAL_COLUMN = re.compile(
    r"email|first_name|last_name|phone|address|payload|contact_name|agent_name|identifier|message_text|feedback_text",
    re.I,
)
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_PHONE = re.compile(r"\+[1-9](?:[ ().-]?[0-9]){9,}|\([2-9][0-9]{2}\) ?[0-9]{3}-[0-9]{4}")


def masked(row: Mapping[str, Any]) -> dict[str, Any]:
    """Plain JSON values, with whatever tells who somebody is taken out."""
    return {name: _masked_value(name, value) for name, value in row.items()}


def _masked_value(name: str, value: Any) -> Any:
    if value is None or isinstance(value, bool | int):
        return value
    if _PERSONAL_COLUMN.search(name):
        return MASK
    return _PHONE.sub(MASK, _EMAIL.sub(MASK, str(value)))
