"""The files connector: Shopify's tables as another loader keeps them, read whole at first and then by what it wrote since."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pyarrow as pa

from hotdash.base.clock import Clock, iso_utc, parse_iso
from hotdash.base.errors import NotFoundError
from hotdash.base.money import minor_digits
from hotdash.base.progress import Progress
from hotdash.connectors.arrow import array, compute, table
from hotdash.connectors.calling import VendorAccessError, VendorAnswerError
from hotdash.connectors.contract import (
    Cursor,
    Deleted,
    Drift,
    DriftKind,
    Event,
    MissingScope,
    RawTable,
    Reached,
    Rows,
    Unreadable,
)
from hotdash.connectors.files.families import FAMILIES
from hotdash.connectors.files.loading import FamilyReading, Place
from hotdash.connectors.files.parts import Family, Kind
from hotdash.connectors.files.resources import told
from hotdash.connectors.files.shop_parts import SHOP
from hotdash.connectors.files.tables import READINGS
from hotdash.connectors.files.targets import TARGETS
from hotdash.connectors.files.values import fit
from hotdash.connectors.records import WHOLE

VENDOR = "files"
# A loader stamps rows when it reads them and shows them when its sync ends.
OVERLAP = timedelta(hours=1)
_ROOT_TABLES = {
    "shop": "shopify_shops",
    "customers": "shopify_customers",
    "products": "shopify_products",
    "orders": "shopify_orders",
    "fulfillments": "shopify_fulfillments",
    "locations": "shopify_locations",
    "inventory_items": "shopify_inventory_items",
}


@dataclass(frozen=True)
class TableState:
    """A loader's table as it stands: how much there is, and when it was last written to."""

    rows: int
    synced: datetime | None


@dataclass(frozen=True)
class FilesConnector:
    place: Place
    shopify: Mapping[str, RawTable]
    clock: Clock
    currency: str
    overlap: timedelta = OVERLAP
    _digits: dict[str, int] = field(default_factory=dict[str, int])

    @property
    def vendor(self) -> str:
        return VENDOR

    @property
    def tables(self) -> Sequence[RawTable]:
        return (READINGS, *self.shopify.values())

    def check(self) -> Sequence[MissingScope]:
        """Every table that nothing goes without is named at once; what else is missing, with its cost."""
        missing = self.place.missing()
        if missing:
            raise VendorAccessError(
                f"{self.place.layout.loader}'s tables are incomplete: there is no "
                f"{', no '.join(missing)}.",
                hint="Let the loader sync them; the prefix and suffix must fit the names. There "
                f"are: {', '.join(sorted(self.place.tables.names())[:20]) or 'none'}.",
            )
        for family in self._families():
            FamilyReading(self.place, family, 2).load(None, ())
        return [
            MissingScope(f"{self.place.prefix}{source.table}{self.place.suffix}", source.costs)
            for source in self.place.absent()
            if source.costs
        ]

    def cursor_since(self, since: datetime) -> Cursor:
        return {"since": iso_utc(since)}

    def read(self, cursor: Cursor | None, progress: Progress) -> Iterator[Event]:
        """Nothing is read where no table changed; else each entity whose rows were written since."""
        fetched_at = self.clock.now()
        missing = self.place.missing()
        if missing:
            self.check()
        states = self._states()
        known = _known_states(cursor)
        if cursor is None or states != known:
            for family in self._families():
                since = None if cursor is None else self._since(family, cursor, known)
                with progress.task(family.name.capitalize()) as task:
                    for event in self._family(family, since, None, fetched_at):
                        if isinstance(event, Rows):
                            task.advance(event.data.num_rows)
                        yield event
            yield Rows(READINGS, self._readings(states), fetched_at)
        written = [state.synced for state in states.values() if state.synced is not None]
        yield Reached(
            _as_cursor(states, fetched_at), min([fetched_at, max(written, default=fetched_at)])
        )

    def refetch(
        self, table: RawTable, vendor_ids: Sequence[str], progress: Progress
    ) -> Iterator[Event]:
        del progress
        names = {_ROOT_TABLES[family.name]: family.name for family in self._families()}
        if table.name not in names:
            raise NotFoundError(
                f"{table.name} is not read by itself.", hint="Ask for the order it belongs to."
            )
        ids = [int(each) for each in vendor_ids if each.isdecimal()]
        fetched_at, seen = self.clock.now(), set[int]()
        for event in self._family(FAMILIES[names[table.name]], None, ids, fetched_at):
            if isinstance(event, Rows) and event.table == table:
                seen |= set(event.data.column(table.key[0]).to_pylist())
            elif isinstance(event, Unreadable) and event.vendor_id is not None:
                # It is there, whatever is wrong with it.
                seen.add(int(event.vendor_id))
            yield event
        if gone := sorted(set(ids) - seen):
            yield Deleted(table, _keys(table, gone), fetched_at)

    def _families(self) -> list[Family]:
        """Those whose table the loader has, or has to have."""
        return [
            family
            for family in FAMILIES.values()
            if self.place.has(family.name) or self.place.layout.sources[family.name].needed
        ]

    def _family(
        self,
        family: Family,
        since: Mapping[str, datetime] | None,
        roots: Sequence[int] | None,
        fetched_at: datetime,
    ) -> Iterator[Event]:
        reading = FamilyReading(self.place, family, self._minor_digits())
        loaded = reading.load(since, roots)
        root_table = self.shopify[_ROOT_TABLES[family.name]]
        yield from told(loaded, TARGETS[family.name], self.shopify, root_table, fetched_at)
        for name, columns in reading.unknown_columns.items():
            for column in columns:
                detail = f"{name} has the column {column}, which is not read"
                yield Drift(root_table, DriftKind.ADDED, f"{name}.{column}", detail, fetched_at)

    def _minor_digits(self) -> int:
        """Of the currency that the loaded shop itself has; ours where it does not say."""
        if "digits" not in self._digits:
            loaded = FamilyReading(self.place, SHOP, 2).load(None, None)
            found = loaded.parts["shop"].column("currency").to_pylist() or [self.currency]
            self._digits["digits"] = minor_digits(str(found[0] or self.currency))
        return self._digits["digits"]

    def _since(
        self, family: Family, cursor: Cursor, known: Mapping[str, TableState]
    ) -> dict[str, datetime]:
        """A table that was empty or unknown so far is read whole."""
        if "since" in cursor:
            return {part.name: parse_iso(cursor["since"]) for part in family.parts}
        found: dict[str, datetime] = {}
        for part in family.parts:
            source = self.place.layout.source_of(part.name)
            state = None if source is None else known.get(source.table)
            if state is not None and state.synced is not None:
                # A stamp from the future says nothing about what comes before it.
                found[part.name] = min(state.synced, parse_iso(cursor["read_at"])) - self.overlap
        return found

    def _states(self) -> dict[str, TableState]:
        states: dict[str, TableState] = {}
        for source in self.place.layout.sources.values():
            name = self.place.name_of(source)
            if name is None:
                continue
            written = {each.lower(): each for each in self.place.tables.columns(name)}
            mark = next((written[m] for m in self.place.layout.synced if m in written), None)
            if mark is None:
                raise VendorAnswerError(
                    f"The table {name} has no column {' or '.join(self.place.layout.synced)}.",
                    hint="It tells what is new; a copy of the table has to keep it.",
                )
            column = fit(Kind.INSTANT, self.place.tables.read(name, [mark]).column(mark), 0).values
            states[source.table] = TableState(len(column), compute.max(column).as_py())
        return states

    def _readings(self, states: Mapping[str, TableState]) -> pa.Table:
        rows = [
            {
                "table_name": name,
                "loader": self.place.layout.loader,
                "rows": state.rows,
                "synced_through": state.synced,
            }
            for name, state in states.items()
        ]
        return pa.Table.from_pylist(rows, schema=READINGS.schema)


def _keys(raw: RawTable, ids: Sequence[int]) -> pa.Table:
    return table({raw.key[0]: array(ids, WHOLE)})


def _as_cursor(states: Mapping[str, TableState], read_at: datetime) -> dict[str, str]:
    facts = {
        name: [state.rows, iso_utc(state.synced) if state.synced else None]
        for name, state in states.items()
    }
    return {"tables": json.dumps(facts, sort_keys=True), "read_at": iso_utc(read_at)}


def _known_states(cursor: Cursor | None) -> dict[str, TableState]:
    facts: Mapping[str, list[str | None]] = json.loads((cursor or {}).get("tables", "{}"))
    return {
        name: TableState(int(rows or 0), parse_iso(synced) if synced else None)
        for name, (rows, synced) in facts.items()
    }
