"""What Shopify's answers tell of its own change: fields that no longer fit, values nobody knew."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pyarrow as pa

from hotdash.connectors.contract import Drift, DriftKind, Event, Rows, Unreadable
from hotdash.connectors.shopify.arrow import compute
from hotdash.connectors.shopify.tables import ORDER_ADJUSTMENTS, ORDERS, PRODUCTS, REFUND_LINES

# By table and column the values of Shopify's own enums, as of the version we ask for.
WORDS: Mapping[str, Mapping[str, frozenset[str]]] = {
    ORDERS.name: {
        "financial_status": frozenset(
            "AUTHORIZED EXPIRED PAID PARTIALLY_PAID PARTIALLY_REFUNDED PENDING REFUNDED "
            "VOIDED".split()
        ),
        "fulfillment_status": frozenset(
            "FULFILLED FULFILLMENT_NOT_REQUIRED IN_PROGRESS ON_HOLD OPEN PARTIALLY_FULFILLED "
            "PENDING_FULFILLMENT REQUEST_DECLINED RESTOCKED SCHEDULED UNFULFILLED".split()
        ),
    },
    REFUND_LINES.name: {
        "restock_type": frozenset("CANCEL LEGACY_RESTOCK NO_RESTOCK RETURN".split())
    },
    PRODUCTS.name: {"status": frozenset("ACTIVE ARCHIVED DRAFT UNLISTED".split())},
    ORDER_ADJUSTMENTS.name: {
        "reason": frozenset(
            "CUSTOMER DAMAGE FULL_RETURN_BALANCING_ADJUSTMENT PENDING_REFUND_DISCREPANCY "
            "REFUND_DISCREPANCY RESTOCK".split()
        )
    },
}


def with_drifts(events: Iterator[Event]) -> Iterator[Event]:
    """All that is told, and behind it what of it is news: each once in one read."""
    watch = _Watch()
    for event in events:
        yield event
        if isinstance(event, Rows):
            yield from watch.new_words(event)
        elif isinstance(event, Unreadable):
            yield from watch.misfit(event)


@dataclass
class _Watch:
    _told: set[tuple[str, str, str]] = field(default_factory=set[tuple[str, str, str]])

    def new_words(self, event: Rows) -> Iterator[Drift]:
        for column, known in WORDS.get(event.table.name, {}).items():
            for word in _words_of(event.data, column) - known:
                if self._is_news(event.table.name, column, word):
                    detail = f"{column} has the new value {word!r}"
                    kind = DriftKind.NEW_VALUE
                    yield Drift(event.table, kind, column, detail, event.fetched_at)

    def misfit(self, event: Unreadable) -> Iterator[Drift]:
        """The reason names the field first; where it names none, the whole record is meant."""
        name, colon, _ = event.reason.partition(": ")
        is_missing = event.reason.endswith(" is missing")
        missing = event.reason.removesuffix(" is missing").rpartition(": ")[2]
        named = missing if is_missing else name if colon and " " not in name else "(record)"
        kind = DriftKind.DROPPED if is_missing else DriftKind.RETYPED
        if self._is_news(event.table.name, named, kind):
            yield Drift(event.table, kind, named, event.reason, event.fetched_at)

    def _is_news(self, *what: str) -> bool:
        table, name, word = what
        if (table, name, word) in self._told:
            return False
        self._told.add((table, name, word))
        return True


def _words_of(data: pa.Table, column: str) -> set[str]:
    return {word for word in compute.unique(data.column(column)).to_pylist() if word is not None}
