"""Which published marts rest on a table, read off dbt's own graph."""

from collections.abc import Iterable, Mapping
from typing import Any


class Lineage:
    def __init__(self, manifest: Any) -> None:
        self._children: Mapping[str, Iterable[str]] = manifest.child_map
        self._published = {
            unique_id: str(node.name)
            for unique_id, node in manifest.nodes.items()
            if node.resource_type == "model" and "published_as" in node.meta
        }

    @property
    def published(self) -> frozenset[str]:
        return frozenset(self._published.values())

    def marts_resting_on(self, unique_ids: Iterable[str]) -> frozenset[str]:
        """The tables themselves, where they are published, and all that is computed from them."""
        waiting, seen = list(unique_ids), set[str]()
        while waiting:
            unique_id = waiting.pop()
            if unique_id not in seen:
                seen.add(unique_id)
                waiting.extend(self._children.get(unique_id, ()))
        return frozenset(self._published[each] for each in seen & self._published.keys())
