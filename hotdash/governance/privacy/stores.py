"""Everywhere that something of a person may lie: found by catalog and by walking the home, named by no list."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hotdash.base.needles import Needles
from hotdash.governance.privacy.person import customer_key, hashes_among
from hotdash.storage.appdb.repositories import personal_rows as served
from hotdash.storage.appdb.repositories import served_keys
from hotdash.storage.appdb.repositories.personal_rows import ServedTable, served_tables
from hotdash.storage.appdb.session import Database
from hotdash.storage.home_texts import HomeFile, home_files, may_hold, name_without
from hotdash.storage.warehouse import personal_rows as stored
from hotdash.storage.warehouse.contract import Warehouse
from hotdash.storage.warehouse.personal_rows import StoredTable, stored_tables

WAREHOUSE = "warehouse"
APP_DATABASE = "app database"
HOME = "home"
BY_KEYS = "published rows, by the customer keys made of the addresses"


@dataclass(frozen=True, slots=True)
class Found:
    """`held` are rows of a table, or one for a file."""

    kind: str
    name: str
    held: int

    @property
    def store(self) -> str:
        return f"{self.kind}: {self.name}"


@dataclass(frozen=True)
class Stores:
    """`beside` are the databases that lie in the home and are walked by their catalogs."""

    database: Database
    warehouse: Warehouse
    home: Path
    beside: frozenset[Path] = frozenset()

    def of_warehouse(self) -> list[StoredTable]:
        return stored_tables(self.warehouse)

    def of_app_database(self) -> list[ServedTable]:
        schemas = sorted({table.schema for table in self.of_warehouse()})
        with self.database.jobs() as session:
            tables = served_tables(session, beside=schemas)
        return [table for table in tables if table.full_name not in served.ACCOUNTS]

    def of_home(self) -> Iterator[HomeFile]:
        return home_files(self.home, self.beside)

    def search(self, shop_id: str, needles: Needles) -> list[Found]:
        """Every store, also those that hold nothing: a proof names what was looked at."""
        found = [
            Found(
                WAREHOUSE,
                each.full_name,
                stored.count_holding(self.warehouse, each, shop_id, needles),
            )
            for each in self.of_warehouse()
        ]
        tables = self.of_app_database()
        with self.database.jobs() as session:
            found += [
                Found(
                    APP_DATABASE,
                    each.full_name,
                    served.count_holding(session, each, shop_id, needles),
                )
                for each in tables
            ]
            keys = [customer_key(shop_id, "address", each) for each in hashes_among(needles.words)]
            by_keys = served_keys.count_holding(session, tables, shop_id, keys)
            found.append(Found(APP_DATABASE, BY_KEYS, by_keys))
        return found + [self._in_file(each, needles) for each in self.of_home()]

    def _in_file(self, file: HomeFile, needles: Needles) -> Found:
        """A proof says no word of the person, also where a file is called so."""
        held = may_hold(file, needles)
        return Found(HOME, name_without(file, needles) if held else file.name, int(held))
