"""What is served against what was published, by day; which rows differ is asked of the warehouse that made them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Protocol

from sqlalchemy.orm import Session

from hotdash.base.parity import Parity, Place
from hotdash.storage.appdb.repositories.parts import Tally, served_rows, tallies
from hotdash.storage.appdb.repositories.publications import Entry, MartEdition
from hotdash.storage.marts import ColumnType, PublishedMart, published_mart
from hotdash.storage.warehouse.candidates import has_candidates, read_candidates, read_partitions
from hotdash.storage.warehouse.contract import Warehouse

SERVING = "serving"
Row = Mapping[str, Any]


class Built(Protocol):
    def __call__(self, shop_id: str, mart: PublishedMart, entry: Entry, /) -> Sequence[Row] | None:
        """The rows of this entry as they were built; None where nobody has them any more."""
        ...


def compare_served(
    parity: Parity,
    session: Session,
    shop_id: str,
    published: Mapping[str, MartEdition],
    built: Built,
) -> None:
    for name, edition in sorted(published.items()):
        mart = published_mart(name)
        entries = {entry.part: entry for entry in edition.entries.values()}
        by_part: dict[int, list[Tally]] = {part: [] for part in entries}
        for tally in tallies(session, mart, shop_id, list(entries)):
            by_part[tally.part].append(tally)
        for part, entry in entries.items():
            _compare_part(parity, session, shop_id, mart, entry, by_part[part], built)


def _compare_part(
    parity: Parity,
    session: Session,
    shop_id: str,
    mart: PublishedMart,
    entry: Entry,
    found: Sequence[Tally],
    built: Built,
) -> None:
    counted = sum(each.rows for each in found)
    hashed = str(sum(each.hash for each in found))
    is_equal = (counted, hashed) == (entry.row_count, entry.rows_hash or "0")
    ours = None if is_equal else built(shop_id, mart, entry)
    if not is_equal and ours is None:
        day = parity.at(Place(shop_id, mart.name, entry.partition_key))
        day.is_off = True
        day.ours.rows, day.theirs.rows = entry.row_count, counted
        return
    for tally in found:
        day = parity.at(Place(shop_id, mart.name, _told(mart, tally.place)))
        day.theirs.add(tally.rows, tally.hash, tally.sums)
        if is_equal:
            day.ours.add(tally.rows, tally.hash, tally.sums)
    if ours is not None:
        _compare_rows(parity, shop_id, mart, ours, served_rows(session, mart, shop_id, entry.part))


def _compare_rows(
    parity: Parity, shop_id: str, mart: PublishedMart, ours: Sequence[Row], theirs: Iterable[Row]
) -> None:
    def key(row: Row) -> tuple[Any, ...]:
        return tuple(row[name] for name in mart.grain)

    def place(row: Row) -> Place:
        return Place(shop_id, mart.name, _told(mart, row[mart.partition_column]))

    money = [name for name, kind in mart.columns.items() if kind is ColumnType.MONEY]
    for row in ours:
        parity.at(place(row)).ours.add(1, None, {name: row[name] for name in money})
    expected = {key(row): row for row in ours}
    times: Counter[tuple[Any, ...]] = Counter()
    for row in theirs:
        known = expected.get(key(row))
        times[key(row)] += 1
        if known is None or times[key(row)] > 1:
            parity.extra(place(row))
            continue
        differing = [name for name in mart.columns if known[name] != row[name]]
        if differing:
            parity.changed(place(known), differing)
    for missing in expected.keys() - times.keys():
        parity.missing(place(expected[missing]))


def _told(mart: PublishedMart, place: date | int) -> str:
    return place.isoformat() if isinstance(place, date) else mart.partition_of(place)


class BuiltRows:
    """Of a warehouse that may have gone on: what it offers now is what was published, or it does not know."""

    def __init__(self, warehouse: Warehouse) -> None:
        self._warehouse = warehouse
        self._offered: dict[str, dict[tuple[str, str], str]] = {}

    def __call__(self, shop_id: str, mart: PublishedMart, entry: Entry) -> Sequence[Row] | None:
        if not has_candidates(self._warehouse):
            return None
        if shop_id not in self._offered:
            self._offered[shop_id] = {
                (each.mart, each.partition_key): each.rows_hash
                for each in read_candidates(self._warehouse, shop_id)
            }
        if self._offered[shop_id].get((mart.name, entry.partition_key)) != entry.rows_hash:
            return None
        table = read_partitions(self._warehouse, mart, shop_id, [entry.partition_key])
        return table.to_pylist()
