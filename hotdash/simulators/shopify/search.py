"""The subset of Shopify's search syntax the simulator answers: field:operator value, joined by AND."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

_TERM = re.compile(
    r"(?P<field>\w+):(?P<operator><=|>=|<|>|)(?:'(?P<single>[^']*)'|\"(?P<double>[^\"]*)\"|(?P<bare>\S+))"
)
_FIELDS = {"id", "created_at", "updated_at", "processed_at"}
_COMPARE: dict[str, Callable[[int, int], bool]] = {
    "": lambda a, b: a == b,
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    ">": lambda a, b: a > b,
    ">=": lambda a, b: a >= b,
}


class UnknownSearchError(ValueError):
    """The simulator was asked for more of the syntax than it knows."""


@dataclass(frozen=True, slots=True)
class Term:
    field: str
    operator: str
    value: int

    def holds(self, value: int) -> bool:
        return _COMPARE[self.operator](value, self.value)


@dataclass(frozen=True, slots=True)
class Search:
    terms: tuple[Term, ...]

    def matches(self, read: Callable[[str], int]) -> bool:
        return all(term.holds(read(term.field)) for term in self.terms)

    def least(self, field: str) -> int | None:
        """The lower bound this search sets on a field, where it sets one."""
        bounds = [
            term.value
            for term in self.terms
            if term.field == field and term.operator in ("", ">", ">=")
        ]
        return max(bounds, default=None)

    def most(self, field: str) -> int | None:
        bounds = [
            term.value
            for term in self.terms
            if term.field == field and term.operator in ("", "<", "<=")
        ]
        return min(bounds, default=None)


def parse_search(query: str | None, timezone: str) -> Search:
    rest = query or ""
    terms: list[Term] = []
    while rest.strip():
        match = _TERM.match(rest.lstrip())
        if match is None or match["field"] not in _FIELDS:
            raise UnknownSearchError(f"The simulator does not know the search {query!r}")
        value = match["single"] or match["double"] or match["bare"] or ""
        terms.append(
            Term(match["field"], match["operator"], _value(match["field"], value, timezone))
        )
        rest = re.sub(r"^\s*AND\b", "", rest.lstrip()[match.end() :])
    return Search(tuple(terms))


def _value(field: str, text: str, timezone: str) -> int:
    if field == "id":
        return int(text.rsplit("/", 1)[-1])
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=ZoneInfo(timezone))
    return int(instant.timestamp())
