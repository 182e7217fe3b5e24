"""Which models and published marts rest on a table, read off dbt's own graph."""

from collections.abc import Iterable, Mapping, Sequence

from hotdash.pipeline.transform.outline import Outline

# Such models say which days are computed anew; no figure is made of what they read.
ONLY_SAYS_WHEN = "int_affected_"
# What we write ourselves: settings, policies, the ledger of loads.
OUR_OWN = "hotdash"


class Lineage:
    def __init__(self, outline: Outline) -> None:
        models = {model.unique_id: model for model in outline.of_kind("model")}
        self._children: Mapping[str, Iterable[str]] = outline.children
        self._parents: Mapping[str, Iterable[str]] = outline.parents
        self._only_say_when = {
            unique_id for unique_id, node in models.items() if node.name.startswith(ONLY_SAYS_WHEN)
        }
        self._models = {
            unique_id: node.name
            for unique_id, node in models.items()
            if unique_id not in self._only_say_when
        }
        self._published = {
            unique_id: node.name
            for unique_id, node in models.items()
            if "published_as" in node.meta
        }
        self._sources = {unique_id: table.name for unique_id, table in outline.sources.items()}
        self._vendors = {
            unique_id: table.source_name
            for unique_id, table in outline.sources.items()
            if table.source_name != OUR_OWN
        }

    @property
    def published(self) -> frozenset[str]:
        return frozenset(self._published.values())

    def marts_resting_on(self, unique_ids: Iterable[str]) -> frozenset[str]:
        """The tables themselves, where they are published, and all that is computed from them."""
        below = self._below(unique_ids)
        return frozenset(self._published[each] for each in below & self._published.keys())

    def models_resting_on(self, raw_table: str) -> tuple[str, ...]:
        """All models computed from a raw table, by name; none where no model reads it."""
        return self.models_from(self.raw(raw_table))

    def models_from(self, unique_ids: Iterable[str]) -> tuple[str, ...]:
        """The models among them and all that are computed from them, by name."""
        below = self._below(unique_ids)
        return tuple(sorted(self._models[each] for each in below & self._models.keys()))

    def models(self, names: Sequence[str]) -> list[str]:
        """dbt's own ids of models; a name that is none is a defect of the project."""
        ids = {name: unique_id for unique_id, name in self._models.items()}
        return [ids[name] for name in names]

    def raw(self, raw_table: str) -> list[str]:
        """dbt's own ids of a raw table."""
        return [unique_id for unique_id, name in self._sources.items() if name == raw_table]

    def vendors_above(self, unique_ids: Iterable[str]) -> frozenset[str]:
        """Whose data is in these tables; what only says which days are computed brings none in."""
        above = self._reached(unique_ids, self._parents)
        return frozenset(self._vendors[each] for each in above & self._vendors.keys())

    def _below(self, unique_ids: Iterable[str]) -> set[str]:
        return self._reached(unique_ids, self._children)

    def _reached(self, unique_ids: Iterable[str], nearest: Mapping[str, Iterable[str]]) -> set[str]:
        waiting, seen = list(unique_ids), set(self._only_say_when)
        while waiting:
            unique_id = waiting.pop()
            if unique_id not in seen:
                seen.add(unique_id)
                waiting.extend(nearest.get(unique_id, ()))
        return seen
