"""Query cost and the leaky bucket: an object is one point, a connection as many as asked for."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from hotdash.simulators.shopify.documents import Document, Selected, arguments_of

MOST_PER_QUERY = 1000
_MUTATION = 10
_FREE = frozenset({"edges", "nodes", "node", "pageInfo"})


@dataclass(frozen=True, slots=True)
class Plan:
    most: int
    restored_per_second: int


PLANS: Mapping[str, Plan] = {
    "standard": Plan(2000, 100),
    "advanced": Plan(4000, 200),
    "plus": Plan(20_000, 1000),
    "enterprise": Plan(40_000, 2000),
    # No plan of Shopify's: for demos and measurements, which wait for nobody.
    "unlimited": Plan(10_000_000, 1_000_000),
}


class Bucket:
    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._level = float(plan.most)
        self._seen = time.monotonic()

    @property
    def available(self) -> int:
        now = time.monotonic()
        refilled = self._level + (now - self._seen) * self.plan.restored_per_second
        self._level, self._seen = min(float(self.plan.most), refilled), now
        return int(self._level)

    def take(self, points: int) -> None:
        self._level = self.available - points

    def status(self) -> dict[str, float]:
        return {
            "maximumAvailable": float(self.plan.most),
            "currentlyAvailable": self.available,
            "restoreRate": float(self.plan.restored_per_second),
        }


def requested_cost(document: Document, variables: Mapping[str, Any]) -> int:
    """What a query may cost at most, read off the query alone."""
    roots = document.roots()
    if not document.is_query:
        return _MUTATION * len(roots)
    return sum(_cost(document, field, variables, 1) for field in roots)


def actual_cost(answered: Any, name: str = "node") -> int:
    """One point for each object that was answered, the wrappers of connections apart."""
    if isinstance(answered, list):
        return sum(actual_cost(element, "") for element in cast("list[Any]", answered))
    if not isinstance(answered, dict):
        return 0
    fields = cast("dict[str, Any]", answered)
    own = 0 if name in _FREE else 1
    return own + sum(actual_cost(value, field) for field, value in fields.items())


def _cost(document: Document, field: Selected, variables: Mapping[str, Any], times: int) -> int:
    if field.node.selection_set is None:
        return 0
    arguments = arguments_of(field, variables)
    several = times * _asked_for(arguments)
    inner = sum(_cost(document, each, variables, several) for each in document.under(field))
    if field.name in _FREE and not arguments:
        return inner
    return inner + (times + several if field.is_connection else several)


def _asked_for(arguments: Mapping[str, Any]) -> int:
    """How many objects; what is no number is left for the executor to refuse."""
    if "ids" in arguments:
        return len(arguments["ids"] or ())
    first = arguments.get("first")
    return first if isinstance(first, int) and first > 0 else 1
