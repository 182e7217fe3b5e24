"""What one unreadable record in a thousand costs: both readers, a million records each."""

import time
from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from benchmarks.figures import Figure
from hotdash.connectors.contract import RawKind, Rows, Unreadable
from hotdash.connectors.records import (
    MONEY,
    TEXT,
    WHOLE,
    Column,
    RecordReader,
    amount,
    record_table,
    text,
    whole,
)
from hotdash.connectors.shopify.bulk_files import read_file
from hotdash.connectors.shopify.layouts import ORDERS_FILE
from hotdash.connectors.shopify.tables import ORDERS
from tests.fixtures.bulk_lines import write_orders

RECORDS = 1_000_000
EVERY = 1000
AT = datetime(2026, 11, 20, tzinfo=UTC)
CARDS = record_table(
    "told_cards",
    RawKind.ENTITY,
    ("card_id",),
    [
        Column("card_id", WHOLE, whole, path="id", required=True),
        Column("name", TEXT, text),
        Column("price", MONEY, amount),
    ],
)


def measure(folder: Path, _orders: int) -> Iterable[Figure]:
    clean, poisoned = (_bulk(folder, is_poisoned) for is_poisoned in (False, True))
    yield _figure("a bulk file with one unreadable order in a thousand", clean, poisoned)
    clean, poisoned = (_records(is_poisoned) for is_poisoned in (False, True))
    yield _figure("JSON records with one unreadable in a thousand", clean, poisoned)


def _bulk(folder: Path, is_poisoned: bool) -> tuple[int, int, float]:
    file = folder / "orders.jsonl"
    write_orders(file, RECORDS, lambda number: is_poisoned and number % EVERY == 0)
    began = time.process_time()
    read = refused = 0
    for verdict in read_file(file, ORDERS_FILE):
        read += sum(block.tables[ORDERS].num_rows for block in verdict.read)
        refused += len(verdict.refused)
    file_seconds = time.process_time() - began
    file.unlink()
    return read, refused, file_seconds


def _records(is_poisoned: bool) -> tuple[int, int, float]:
    reader, read, refused = RecordReader(CARDS), 0, 0
    began = time.process_time()
    for start in range(0, RECORDS, EVERY):
        page = [{"id": start + n, "name": "a card", "price": Decimal("1.50")} for n in range(EVERY)]
        if is_poisoned:
            page[0]["price"] = "abc"
        for event in reader.read(page, AT):
            read += event.data.num_rows if isinstance(event, Rows) else 0
            refused += isinstance(event, Unreadable)
    return read, refused, time.process_time() - began


def _figure(what: str, clean: tuple[int, int, float], poisoned: tuple[int, int, float]) -> Figure:
    read, refused, seconds = poisoned
    assert (clean[0], clean[1]) == (RECORDS, 0)
    assert (read, refused) == (RECORDS - RECORDS // EVERY, RECORDS // EVERY)
    return Figure(
        what,
        f"{RECORDS:,} records",
        f"{RECORDS / seconds:,.0f} records per CPU second, {seconds / clean[2]:.1f} × clean",
        "under 5 × clean",
        f"all {refused:,} in quarantine with their reason",
    )
