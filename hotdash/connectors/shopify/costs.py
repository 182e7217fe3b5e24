"""What a query may cost, told before it is sent: an object one point, a connection what is asked of it."""

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from graphql import (
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    ValueNode,
    VariableNode,
    parse,
)

MOST_PER_QUERY = 1000
MOST_PER_INPUT = 250
_MUTATION = 10
_WRAPPERS = frozenset({"edges", "node", "nodes", "pageInfo"})
_SIZES = frozenset({"first", "ids"})

Variables = Mapping[str, Any]


def requested_cost(text: str, variables: Variables) -> int:
    operation, fragments = _parsed(text)
    if operation.operation is OperationType.MUTATION:
        return _MUTATION
    return _Cost(fragments, variables).of(operation.selection_set, 1)


def most_at_once(text: str, one: Variables, two: Variables) -> int:
    """How many items fit into one query, from its cost for one and for two of them."""
    first = requested_cost(text, one)
    each = requested_cost(text, two) - first
    return max(1, min(MOST_PER_INPUT, 1 + (MOST_PER_QUERY - first) // each))


@lru_cache(maxsize=256)
def _parsed(
    text: str,
) -> tuple[OperationDefinitionNode, Mapping[str, FragmentDefinitionNode]]:
    definitions = parse(text, no_location=True).definitions
    operation = next(d for d in definitions if isinstance(d, OperationDefinitionNode))
    fragments = {d.name.value: d for d in definitions if isinstance(d, FragmentDefinitionNode)}
    return operation, fragments


@dataclass(frozen=True)
class _Cost:
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: Variables

    def of(self, selection: SelectionSetNode, times: int) -> int:
        total = 0
        for node in selection.selections:
            if isinstance(node, FieldNode):
                total += self._field(node, times)
            elif isinstance(node, FragmentSpreadNode):
                total += self.of(self.fragments[node.name.value].selection_set, times)
            elif isinstance(node, InlineFragmentNode):
                total += self.of(node.selection_set, times)
        return total

    def _field(self, node: FieldNode, times: int) -> int:
        if node.selection_set is None:
            return 0
        if node.name.value in _WRAPPERS and not node.arguments:
            return self.of(node.selection_set, times)
        asked = self._asked_for(node)
        own = times if asked is None else times * (asked + 1)
        return own + self.of(node.selection_set, times * (asked or 1))

    def _asked_for(self, node: FieldNode) -> int | None:
        for argument in node.arguments or ():
            if argument.name.value in _SIZES:
                return self._size(argument.value)
        return None

    def _size(self, value: ValueNode) -> int:
        if isinstance(value, IntValueNode):
            return int(value.value)
        if isinstance(value, ListValueNode):
            return len(value.values)
        given = self.variables[value.name.value] if isinstance(value, VariableNode) else 1
        return given if isinstance(given, int) else len(given)


class Budget:
    """The shop's bucket as last told, refilled by the time that passed since."""

    def __init__(
        self, sleep: Callable[[float], None], monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._sleep = sleep
        self._monotonic = monotonic
        self._most = self._available = math.inf
        self._restored = 0.0
        self._told_at = monotonic()

    def told(self, status: Mapping[str, Any]) -> None:
        self._most = float(status["maximumAvailable"])
        self._available = float(status["currentlyAvailable"])
        self._restored = float(status["restoreRate"])
        self._told_at = self._monotonic()

    def wait_for(self, cost: int) -> None:
        """Sleep until the bucket can pay; a cost above the whole bucket waits for a full one."""
        needed = self.wait_needed(cost)
        if needed is not None:
            self._sleep(needed)

    def wait_needed(self, cost: int | None) -> float | None:
        """The seconds until the bucket can pay, or none where it could already."""
        missing = min(float(cost or 0), self._most) - self._now()
        return missing / self._restored if missing > 0 and self._restored > 0 else None

    @property
    def used(self) -> float | None:
        """Which share of the bucket is spent, from 0 to 1."""
        if not math.isfinite(self._most) or self._most <= 0:
            return None
        return max(0.0, min(1.0, 1 - self._now() / self._most))

    def hours_for(self, points: int) -> float:
        """How long the bucket takes to restore so many points; nought while nothing is known."""
        return points / self._restored / 3600 if self._restored > 0 else 0.0

    def _now(self) -> float:
        passed = self._monotonic() - self._told_at
        return min(self._most, self._available + passed * self._restored)
