"""What touches are, wherever they come from, and what was counted without being kept."""

from collections.abc import Mapping, Sequence
from typing import Any

import pyarrow as pa

from hotdash.connectors.clickstream.pages import MARKS
from hotdash.connectors.contract import RawKind, RawTable
from hotdash.connectors.records import (
    DAY,
    INSTANT,
    TEXT,
    WHOLE,
    Column,
    UnfitValueError,
    iso_instant,
    record_table,
    text,
)

EVENT_TYPES = frozenset({"page_view", "add_to_cart", "checkout_started", "order_completed"})
PIXEL, FILE = "pixel", "file"


def clean_text(value: Any) -> str:
    """Text every database can hold: without NUL and without half a surrogate pair."""
    told = text(value)
    if "\0" in told:
        raise UnfitValueError("a text holds the character NUL")
    try:
        told.encode()
    except UnicodeEncodeError as error:
        raise UnfitValueError("a text holds half of a surrogate pair") from error
    return told


def _text(name: str, **more: Any) -> Column:
    return Column(name, TEXT, clean_text, omitted=not more.get("required"), **more)


TOUCHES = record_table(
    "clickstream_touches",
    RawKind.ENTITY,
    ("event_id",),
    (
        _text("event_id", required=True),
        _text("event_type", required=True, words=EVENT_TYPES),
        Column("occurred_at", INSTANT, iso_instant, required=True),
        Column("received_at", INSTANT, iso_instant, omitted=True),
        Column("client_at", INSTANT, iso_instant, omitted=True),
        *(_text(name) for name in ("visitor_id", "session_id", "customer_id")),
        *(_text(name) for name in ("order_id", "checkout_token")),
        *(_text(name) for name in ("page_host", "page_path", "landing_path", "referrer_host")),
        *(_text(name) for name in MARKS),
        _text("device"),
        _text("origin", required=True),
        _text("file"),
    ),
)

COUNTS = RawTable(
    "clickstream_counts",
    RawKind.SLICE,
    ("day", "kind"),
    pa.schema([("day", DAY), ("kind", TEXT), ("events", WHOLE)]),
)

TABLES: Sequence[RawTable] = (TOUCHES.raw, COUNTS)
KINDS: Mapping[str, str] = {
    "bot": "a program's, by its own name",
    "without_consent": "a page seen by somebody who did not agree to be counted one by one",
    "invalid": "an event nobody can read",
}
