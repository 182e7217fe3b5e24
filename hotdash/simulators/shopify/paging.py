"""Connections: cut a list into pages behind opaque cursors that survive what is inserted meanwhile."""

import base64
import json
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

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
    ordered: Sequence[Any], position: Callable[[Any], tuple[int, int]], arguments: dict[str, Any]
) -> Page:
    """A page of a list that is sorted by its positions (or by their reverse)."""
    first = _page_size(arguments)
    reverse = bool(arguments.get("reverse"))
    after = arguments.get("after")
    keys = [_turned(position(item), reverse) for item in ordered]
    start = 0 if after is None else bisect_right(keys, _turned(_decode(after), reverse))
    items = ordered[start : start + first]
    cursors = [_encode(position(item)) for item in items]
    return Page(items, cursors, start + first < len(ordered), start > 0)


def _turned(position: tuple[int, int], reverse: bool) -> tuple[int, int]:
    return (-position[0], -position[1]) if reverse else position


def _page_size(arguments: dict[str, Any]) -> int:
    first = arguments.get("first")
    if first is None:
        raise PageError("you must provide one of first or last")
    if not 0 < first <= MOST_PER_PAGE:
        raise PageError(f"first must be between 1 and {MOST_PER_PAGE}, not {first}")
    return int(first)


def _encode(position: tuple[int, int]) -> str:
    return base64.urlsafe_b64encode(json.dumps(position).encode()).decode()


def _decode(cursor: str) -> tuple[int, int]:
    try:
        value, number = json.loads(base64.urlsafe_b64decode(cursor))
    except ValueError as error:
        raise PageError(f"the cursor {cursor!r} is not valid") from error
    return int(value), int(number)
