"""Which side of a source's quality each kind of check measures; `meta: measures` says it where the kind does not."""

from hotdash.pipeline.quality.findings import Dimension
from hotdash.pipeline.transform.outline import OutlinedNode

_BY_KIND = {
    Dimension.UNIQUENESS: ("unique_per_shop", "one_row_each", "customers_began_once"),
    Dimension.COMPLETENESS: (
        "required",
        "share_null",
        "day_known",
        "orders_read_since",
        "nothing_quarantined",
    ),
    Dimension.VALIDITY: (
        "never_negative",
        "day_not_negative",
        "month_not_negative",
        "known_values",
        "instants_are_real",
        "currency_of_the_shop",
        "no_personal_data",
        "unmapped_sources",
    ),
    Dimension.CONSISTENCY: (
        "has_order",
        "belongs_within_version",
        "belongs_to_an_order",
        "told_with_conversation",
        "adds_up_to_orders",
        "lines_add_up_to_orders",
        "people_add_up",
    ),
    Dimension.ACCURACY: ("counts_reconcile", "explained", "credits_add_up", "volume_anomaly"),
}
DIMENSION_OF = {kind: dimension for dimension, kinds in _BY_KIND.items() for kind in kinds}


def dimension_of(node: OutlinedNode) -> Dimension | None:
    """Of a dbt test."""
    measured = node.meta.get("measures")
    if measured is not None:
        return Dimension(measured)
    return DIMENSION_OF.get(node.test) if node.test else None
