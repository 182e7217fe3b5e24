"""The dbt project of one backfill: the same models, pointed at a schema of their own."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import UUID

from hotdash.base.errors import NotFoundError
from hotdash.pipeline.quality.lineage import ONLY_SAYS_WHEN
from hotdash.pipeline.transform.dbt import DbtProject, OnFinished
from hotdash.pipeline.transform.outline import Outline, outline_of
from hotdash.pipeline.transform.results import NodeResult
from hotdash.storage.warehouse.candidate_schema import (
    Overlay,
    checks_schema_of,
    made_days_of,
    schema_of,
)
from hotdash.storage.warehouse.contract import Warehouse

STAGING = "staging"
# Each of them replaces the days it was asked for.
HEAVY = "affected_partitions"
PUBLICATION = frozenset({"publication_candidate", "publication_days"})
_OF_DAYS = ("shop_id", "day")
_OF_OFFERS = ("shop_id", "mart", "partition_key")
_ALL_DAYS = "int_affected_partitions"
_LOADS = "stg_hotdash__committed_loads"


class Selection:
    """Which models are computed anew: those named, all that rests on them, and what says when and what is new."""

    def __init__(self, manifest: Any, models: Sequence[str], sources: Sequence[str]) -> None:
        self._manifest = manifest
        self._ids = {
            node.name: unique_id
            for unique_id, node in manifest.nodes.items()
            if node.resource_type == "model"
        }
        chosen = self._below(self._named(models, sources)) if models or sources else self._all()
        chosen |= self._saying_when(chosen) | self._telling_new_loads()
        chosen |= {self._ids[name] for name in PUBLICATION}
        self.names = tuple(
            sorted(self._node(each).name for each in chosen if self._node(each).schema != STAGING)
        )

    def _all(self) -> set[str]:
        return set(self._ids.values())

    def _named(self, models: Sequence[str], sources: Sequence[str]) -> set[str]:
        return {self._model(name) for name in models} | {
            unique_id for name in sources for unique_id in self._tables(name)
        }

    def _model(self, name: str) -> str:
        unique_id = self._ids.get(name)
        if unique_id is None or self._node(unique_id).schema == STAGING:
            raise NotFoundError(
                f"There is no model {name!r} that a backfill could compute.",
                hint="Name a mart or an intermediate model: `hotdash lineage` lists them.",
                field="models",
            )
        return unique_id

    def _tables(self, source: str) -> list[str]:
        found = [
            unique_id
            for unique_id, table in self._manifest.sources.items()
            if source in (table.source_name, *table.config.meta.get("also_filled_by", ()))
        ]
        if not found:
            known = sorted({table.source_name for table in self._manifest.sources.values()})
            raise NotFoundError(
                f"There is no source {source!r}.",
                hint=f"The sources are {', '.join(known)}.",
                field="sources",
            )
        return found

    def _below(self, unique_ids: Iterable[str]) -> set[str]:
        """Also through the models that say when: what they make others compute is computed as well."""
        waiting, seen, models = list(unique_ids), set[str](), set(self._ids.values())
        while waiting:
            unique_id = waiting.pop()
            if unique_id not in seen:
                seen.add(unique_id)
                waiting.extend(self._manifest.child_map.get(unique_id, ()))
        return seen & models

    def _saying_when(self, chosen: set[str]) -> set[str]:
        waiting = [
            self._ids[self._node(each).config.get("affected_by", _ALL_DAYS)]
            for each in chosen
            if self._node(each).config.materialized == HEAVY
        ]
        seen = set[str]()
        while waiting:
            unique_id = waiting.pop()
            if unique_id not in seen:
                seen.add(unique_id)
                waiting.extend(
                    parent
                    for parent in self._node(unique_id).depends_on.nodes
                    if parent.rpartition(".")[2].startswith(ONLY_SAYS_WHEN)
                )
        return seen

    def _telling_new_loads(self) -> set[str]:
        """Tables that tell what no build has computed yet, as it was before the last one was recorded."""
        return {
            unique_id
            for name, unique_id in self._ids.items()
            if self._node(unique_id).config.materialized == "made_anew"
            and self._ids[_LOADS] in self._node(unique_id).depends_on.nodes
            and not name.startswith(ONLY_SAYS_WHEN)
        }

    def _node(self, unique_id: str) -> Any:
        return self._manifest.nodes[unique_id]


class CandidateProject(DbtProject):
    """Every model is looked for in the candidate schema, which holds it made anew or as it was."""

    def __init__(
        self, warehouse: Warehouse, workdir: Path, backfill_id: UUID, computed: Sequence[str]
    ) -> None:
        super().__init__(warehouse, workdir)
        self._backfill_id = backfill_id
        self._computed = frozenset(computed)

    @property
    def manifest(self) -> Any:
        return self._pointed

    def run_known(
        self, arguments: Sequence[str], variables: Mapping[str, Any], on_finished: OnFinished
    ) -> list[NodeResult]:
        """What the ordinary project sends would go to the warehouse's own tables."""
        return self.run(arguments, variables, on_finished)

    @cached_property
    def _outline(self) -> Outline:
        return outline_of(self._pointed)

    @cached_property
    def overlays(self) -> tuple[Overlay, ...]:
        """As the ordinary project describes them."""
        return tuple(
            self._overlay(node)
            for node in super().manifest.nodes.values()
            if node.resource_type == "model"
        )

    @cached_property
    def _pointed(self) -> Any:
        parsed = super().manifest
        copy = parsed.deepcopy()
        copy.child_map, copy.parent_map = parsed.child_map, parsed.parent_map
        for node in copy.nodes.values():
            if node.resource_type == "model":
                self._point(node, schema_of(self._backfill_id))
            elif node.resource_type == "test":
                self._point(node, checks_schema_of(self._backfill_id))
        self._tell_of_made_days(copy)
        return copy

    def _tell_of_made_days(self, copy: Any) -> None:
        """A check reads off the graph which days changed: here those of all chunks."""
        made = made_days_of(self._backfill_id, self.overlays)
        for node in copy.flat_graph["nodes"].values():
            if node["resource_type"] == "model" and node["name"].startswith(ONLY_SAYS_WHEN):
                node["relation_name"] = made[node["name"]]

    def _point(self, node: Any, schema: str) -> None:
        relation = node.relation_name
        if relation is not None:
            node.relation_name = relation.replace(f'"{node.schema}"', f'"{schema}"')
        node.schema = schema
        if node.name in self._computed and node.config.materialized == HEAVY:
            node.config.materialized = "candidate_partition"

    def _overlay(self, node: Any) -> Overlay:
        key, affected_by = tuple[str, ...](), ""
        if node.config.materialized == HEAVY:
            key = _OF_OFFERS if node.name in PUBLICATION else _OF_DAYS
            affected_by = node.config.get("affected_by", _ALL_DAYS)
        return Overlay(
            node.name,
            node.schema,
            tuple(node.columns),
            key,
            affected_by,
            is_computed=node.name in self._computed,
            says_when=node.name.startswith(ONLY_SAYS_WHEN),
            is_view=node.config.materialized == "view",
        )
