"""Connections: cut a list into pages behind opaque cursors that survive what is inserted meanwhile."""

import base64
import json
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Position = tuple[int, int]

MOST_PER_PAGE = 250


class PageError(ValueError):
    """A page was asked for in a way Shopify refuses."""


@dataclass(frozen=True, slots=True)
class Page:
    """What a connection resolves to; nodes, edges and pageInfo are read off it."""

    items: Sequence[Any]
    cursors: Sequence[str]
    has_next: bool
    has_previous: bool


def cut(
    positions: Sequence[Position],
    arguments: Mapping[str, Any],
    fetch: Callable[[Position], Any],
) -> Page:
    """A page of what lies at these positions, which are sorted (or sorted in reverse)."""
    first = _page_size(arguments)
    reverse = bool(arguments.get("reverse"))
    after = arguments.get("after")
    start = 0 if after is None else _behind(positions, _decode(after), reverse=reverse)
    chosen = positions[start : start + first]
    return Page(
        items=[fetch(position) for position in chosen],
        cursors=[_encode(position) for position in chosen],
        has_next=start + first < len(positions),
        has_previous=start > 0,
    )


def _behind(positions: Sequence[Position], cursor: Position, *, reverse: bool) -> int:
    if reverse:
        return bisect_right(positions, _turned(cursor), key=_turned)
    return bisect_right(positions, cursor)


def _turned(position: Position) -> Position:
    return -position[0], -position[1]


def _page_size(arguments: Mapping[str, Any]) -> int:
    first = arguments.get("first")
    if first is None:
        raise PageError("you must provide one of first or last")
    if not 0 < first <= MOST_PER_PAGE:
        raise PageError(f"first must be between 1 and {MOST_PER_PAGE}, not {first}")
    return int(first)


def _encode(position: Position) -> str:
    return base64.urlsafe_b64encode(json.dumps(position).encode()).decode()


def _decode(cursor: str) -> Position:
    try:
        value, number = json.loads(base64.urlsafe_b64decode(cursor))
    except ValueError as error:
        raise PageError(f"the cursor {cursor!r} is not valid") from error
    return int(value), int(number)
