"""The raw tables that Postcards fills."""

from hotdash.connectors.contract import RawKind
from hotdash.connectors.records import (
    DAY,
    INSTANT,
    MONEY,
    TEXT,
    WHOLE,
    Column,
    amount,
    iso_day,
    iso_instant,
    record_table,
    text,
    whole,
)

CARDS = record_table(
    "postcards_cards",
    RawKind.ENTITY,
    ("card_id",),
    [
        Column("card_id", WHOLE, whole, path="id", required=True),
        Column("recipient", TEXT, text, path="to.name", personal=True),
        Column("city", TEXT, text, path="to.city"),
        Column("price", MONEY, amount, required=True),
        Column("status", TEXT, text, words=frozenset({"printed", "sent", "returned"})),
        Column("sent_at", INSTANT, iso_instant),
        Column("updated_at", INSTANT, iso_instant, required=True),
    ],
)

DAYS = record_table(
    "postcards_days",
    RawKind.SLICE,
    ("day",),
    [
        Column("day", DAY, iso_day, required=True),
        Column("cards", WHOLE, whole, required=True),
        Column("cost", MONEY, amount, required=True),
    ],
)
