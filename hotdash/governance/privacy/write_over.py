"""A person's words are written over in every store: raw last, because from raw they are known again.

Whatever is killed on the way is done again from the beginning, and finds the person as long as anything is left.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from hotdash.base.clock import SystemClock
from hotdash.base.email_hash import email_hash
from hotdash.base.errors import ConflictError
from hotdash.governance.backup.drill import remove_leftovers
from hotdash.governance.privacy.erasure_key import ErasureKey
from hotdash.governance.privacy.export_files import remove_unfinished
from hotdash.governance.privacy.marked_columns import (
    ADDRESS,
    ADDRESS_HASH,
    PAGES,
    PERSON_KEYS,
    marked_columns,
)
from hotdash.governance.privacy.person import Person
from hotdash.governance.privacy.stores import Stores
from hotdash.storage.appdb.repositories import personal_rows as served
from hotdash.storage.appdb.repositories import served_keys
from hotdash.storage.appdb.repositories.personal_bytes import WithoutWords, write_over_bytes
from hotdash.storage.home_texts import HomeFile, call_otherwise, holds, may_hold, write_over
from hotdash.storage.home_walk import is_made_again
from hotdash.storage.warehouse.customer_keys import exchange_keys
from hotdash.storage.warehouse.personal_rows import (
    StoredTable,
    amounts_of,
    empty_columns,
    exchange,
    write_anew,
    write_over_words,
)
from hotdash.storage.warehouse.quarantined_people import FULL_NAME as QUARANTINE
from hotdash.storage.warehouse.quarantined_people import write_over_waiting

# What proves something by its bytes; it was cleaned when it was written.
_PROOFS = ("audit/", "evidence/")


@dataclass(frozen=True)
class Writing:
    stores: Stores
    person: Person
    key: ErasureKey
    packet_without: WithoutWords
    # Then words are gone of which dead rows still tell, and in which tables nobody knows.
    is_killed: bool = False
    # Then no free block of the warehouse tells anything as long as no row changes.
    was_written_anew: bool = False

    def everywhere(self) -> None:
        self.app_database()
        self.home()
        self.warehouse()

    def app_database(self) -> None:
        shop_id, needles = self.person.shop_id, self.person.needles
        tables = self.stores.of_app_database()
        changed: list[served.ServedTable] = []
        with self.stores.database.jobs() as session:
            noted = served.noted_by_planner(session, needles)
            for table in tables:
                if not served.count_holding(session, table, shop_id, needles):
                    changed += [table] if table.full_name in noted else []
                    continue
                served.send_to_mirror_again(session, table, shop_id, needles)
                write_over_bytes(session, table, shop_id, needles, self.packet_without)
                if served.write_over_words(session, table, shop_id, needles):
                    changed.append(table)
            changed += served_keys.exchange_keys(session, tables, shop_id, self._keys_instead())
        if self.is_killed:
            changed = tables
        with self.stores.database.direct() as connection:
            for statement in served.write_anew_statements(changed):
                connection.execute(statement.encode())

    def home(self) -> None:
        remove_unfinished(self.stores.home)
        remove_leftovers(self.stores.home)
        needles = self.person.needles
        for file in self._changeable_files():
            call_otherwise(file, self.stores.home, needles)
        for file in self._changeable_files():
            if not may_hold(file, needles):
                continue
            is_known = holds(file, needles)
            if is_known and write_over(file, needles):
                continue
            # A packed one is a copy that can be made again; in somebody's that is broken nobody can look.
            if is_known or is_made_again(file.name):
                file.path.unlink(missing_ok=True)

    def _changeable_files(self) -> list[HomeFile]:
        return [file for file in self.stores.of_home() if not file.name.startswith(_PROOFS)]

    def warehouse(self) -> None:
        """All tables at once or none, so that what was joined by an address always is."""
        warehouse = self.stores.warehouse
        tables = self.stores.of_warehouse()
        is_changed = bool(self.person.quarantined) or not self.was_written_anew
        with warehouse.transaction():
            for table in tables:
                before = amounts_of(warehouse, table)
                if table.full_name == QUARANTINE:
                    waiting = self.person.quarantined
                    write_over_waiting(warehouse, self.person.shop_id, waiting)
                is_changed |= self._write_over_table(table)
                require_same(table, before, amounts_of(warehouse, table))
            now = SystemClock().now()
            is_changed |= exchange_keys(
                warehouse, tables, self.person.shop_id, self._keys_instead(), now
            )
        if is_changed:
            write_anew(warehouse, tables)

    def _keys_instead(self) -> dict[str, str]:
        return self.person.keys_instead(self.key.hash)

    def _write_over_table(self, table: StoredTable) -> bool:
        warehouse, person = self.stores.warehouse, self.person
        marked = marked_columns().get(table.name, frozenset()) & table.columns.keys()
        is_changed = False
        if table.has_shop:
            is_changed |= self._exchange_addresses(table)
            emptied = sorted(marked - {ADDRESS, ADDRESS_HASH} - PAGES)
            key = next((each for each in PERSON_KEYS if each in table.columns), None)
            if emptied and key is not None:
                values = sorted(person.values_of(key))
                is_changed |= empty_columns(warehouse, table, emptied, person.shop_id, key, values)
        is_changed |= write_over_words(
            warehouse, table, table.texts, person.shop_id, person.needles
        )
        return is_changed

    def _exchange_addresses(self, table: StoredTable) -> bool:
        warehouse, person = self.stores.warehouse, self.person
        is_changed = False
        if ADDRESS in table.columns:
            addresses = {
                address: self.key.address(email_hash(address) or "")
                for address in sorted(person.addresses)
            }
            is_changed |= exchange(warehouse, table, ADDRESS, person.shop_id, addresses)
        if ADDRESS_HASH in table.columns:
            hashes = {hashed: self.key.hash(hashed) for hashed in sorted(person.hashes)}
            is_changed |= exchange(warehouse, table, ADDRESS_HASH, person.shop_id, hashes)
        return is_changed


def require_same(table: StoredTable, before: dict[str, str], after: dict[str, str]) -> None:
    other = sorted(name for name in before if before[name] != after[name])
    if other:
        raise ConflictError(
            f"To erase would change {', '.join(other)} of {table.full_name}; nothing was erased.",
            hint="This is a mistake of Hotdash: report it with this sentence.",
        )


def keys_of(tables: Sequence[StoredTable]) -> dict[str, str | None]:
    """By which column each table with marked columns is joined to a person; None is a hole."""
    marked = marked_columns()
    return {
        table.full_name: next((each for each in PERSON_KEYS if each in table.columns), None)
        for table in tables
        if marked.get(table.name)
    }
