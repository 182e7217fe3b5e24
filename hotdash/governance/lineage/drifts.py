"""Which metrics a vendor's change moves: those computed from the field that changed, and no other."""

import re
from collections.abc import Iterator

from hotdash.governance.lineage.graph import ROWS, LineageGraph
from hotdash.governance.lineage.impact import impact_of

_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
# Shopify tells money as an object of this name.
_MONEY = "_set"


def metrics_of_field(graph: LineageGraph, raw_table: str, field: str) -> tuple[str, ...]:
    """field is the vendor's own name; one that is no column of the table means all of its columns."""
    columns = {
        node.name: node.id for node in graph.nodes.values() if node.table == f"raw.{raw_table}"
    }
    named = [columns[name] for name in _spellings(field) if name in columns]
    return tuple(sorted(impact_of(graph, named[:1] or columns.values()).moved_metrics))


def _spellings(field: str) -> Iterator[str]:
    """Order.totalPriceSet is total_price here, customer.id is customer_id."""
    if field == ROWS:
        return
    yield field
    whole = _CAPITAL.sub("_", field).lower()
    last = whole.rpartition(".")[2]
    for spelled in (last, whole.replace(".", "_")):
        yield spelled
        yield spelled.removesuffix(_MONEY)
