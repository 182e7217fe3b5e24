"""Which metrics a vendor's change moves: those computed from the field that changed, and no other."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from hotdash.governance.lineage.graph import ROWS, LineageGraph, Way
from hotdash.governance.lineage.impact import impact_of

_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
# Shopify tells money as an object of this name.
_MONEY = "_set"
# What vendors put around a word that a column of ours is called by.
_BEFORE, _BEHIND = ("display_", "original_", "myshopify_"), ("_code", "_price")


@dataclass(frozen=True, slots=True)
class Moved:
    """metrics say something else; matched ones find by it, such as by the day, which rows they count."""

    metrics: tuple[str, ...] = ()
    matched: tuple[str, ...] = ()


def metrics_of_field(graph: LineageGraph, raw_table: str, field: str) -> Moved:
    """field is the vendor's own name; one that is no column of the table means all of its columns."""
    columns = {
        node.name: node.id for node in graph.nodes.values() if node.table == f"raw.{raw_table}"
    }
    named = [columns[name] for name in _spellings(field) if name in columns]
    found = impact_of(graph, named[:1] or columns.values())
    matched = (name for name, way in found.metrics.items() if way is Way.JOIN)
    return Moved(tuple(sorted(found.moved_metrics)), tuple(sorted(matched)))


def _spellings(field: str) -> Iterator[str]:
    """Order.totalPriceSet is total_price here, customer.id is customer_id."""
    if field == ROWS:
        return
    yield field
    whole = _CAPITAL.sub("_", field).lower()
    last = whole.rpartition(".")[2]
    for spelled in (last, whole.replace(".", "_")):
        yield spelled
        yield from _bare(spelled.removesuffix(_MONEY))


def _bare(word: str) -> Iterator[str]:
    yield word
    yield from (word.removeprefix(each) for each in _BEFORE if word.startswith(each))
    yield from (word.removesuffix(each) for each in _BEHIND if word.endswith(each))
    yield from (f"is_{word}", f"{word}_hash")
