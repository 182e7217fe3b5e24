"""Who is meant: every id and every word by which the raw tables know one person."""

import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from hotdash.base.email_hash import email_hash
from hotdash.base.errors import NotFoundError
from hotdash.base.needles import Needles
from hotdash.governance.privacy.erasure_key import is_erased
from hotdash.governance.privacy.marked_columns import PERSON_KEYS
from hotdash.governance.privacy.quarantined import is_about, rows_told
from hotdash.governance.privacy.things import names_of_things
from hotdash.storage.warehouse.contract import Warehouse, rows
from hotdash.storage.warehouse.identities import customer_of_key
from hotdash.storage.warehouse.personal_rows import StoredTable, stored_tables
from hotdash.storage.warehouse.quarantined_people import Waiting, waiting_of
from hotdash.storage.warehouse.raw_tables import marks

CUSTOMERS = "shopify_customers"
ORDERS = "shopify_orders"
CONTACTS = "chatwoot_contacts"
CONVERSATIONS = "chatwoot_conversations"
Row = dict[str, Any]
_KEY = re.compile(r"[0-9a-f]{32}")
_HASH = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class Asked:
    """Ids as vendors count them, and hashes of addresses; an address itself is not kept."""

    shop_id: str
    customer_ids: frozenset[int] = frozenset()
    contact_ids: frozenset[int] = frozenset()
    # Of a customer whose id an order may not hold any more.
    order_ids: frozenset[int] = field(default=frozenset(), kw_only=True)
    is_hash_asked: Callable[[str], bool] = field(default=lambda hashed: False)
    # What stands for addresses that were erased before is nobody's.
    erased_hashes: frozenset[str] = frozenset()
    # Asked before: who has one of their addresses since is somebody else, or came of their own will.
    is_again: bool = False


@dataclass(frozen=True, repr=False)
class Person:
    """Its repr says nothing, so that no log or trace does."""

    shop_id: str
    customer_ids: frozenset[int]
    contact_ids: frozenset[int]
    conversation_ids: frozenset[int]
    order_ids: frozenset[int]
    addresses: frozenset[str]
    hashes: frozenset[str]
    needles: Needles
    # A first name alone is no word to search by, and goes all the same.
    is_named: bool = False
    quarantined: tuple[Waiting, ...] = ()

    @property
    def is_here(self) -> bool:
        return bool(self.needles or self.is_named or self.quarantined)

    @property
    def customer_keys(self) -> frozenset[str]:
        """Their pseudonyms, as the models make them."""
        told = [("customer", str(each)) for each in self.customer_ids]
        told += [("address", each) for each in self.hashes]
        told += [("guest", str(each)) for each in self.order_ids]
        return frozenset(customer_key(self.shop_id, *each) for each in told)

    def keys_instead(self, hash_instead: Callable[[str], str]) -> dict[str, str]:
        """Of whom the shop knew the address alone, the pseudonym is made of its hash.

        Also of a hash that raw knows no more: what is published may be older than raw.
        """
        hashes = self.hashes | hashes_among(self.needles.words)
        return {
            customer_key(self.shop_id, "address", hashed): customer_key(
                self.shop_id, "address", hash_instead(hashed)
            )
            for hashed in sorted(hashes)
        }

    def values_of(self, key: str) -> frozenset[int]:
        return {
            "customer_id": self.customer_ids,
            "contact_id": self.contact_ids,
            "conversation_id": self.conversation_ids,
            "order_id": self.order_ids,
        }[key]


def customer_key(shop_id: str, kind: str, told: str) -> str:
    """As the models make it."""
    return hashlib.md5("\x1f".join((shop_id, kind, told)).encode()).hexdigest()


def hashes_among(words: Collection[str]) -> frozenset[str]:
    """Of addresses."""
    return frozenset(word for word in words if _HASH.fullmatch(word))


def asked_by_word(
    warehouse: Warehouse, shop_id: str, word: str, erased_hashes: frozenset[str] = frozenset()
) -> Asked:
    """By a number of the shop's, a customer key or an address; an address may be a guest's."""
    told = word.strip()
    asked = Asked(shop_id, erased_hashes=erased_hashes)
    if told.isascii() and told.isdigit() and len(told) < 19:
        return replace(asked, customer_ids=frozenset({int(told)}))
    if "@" in told:
        hashed = email_hash(told)

        def is_asked(each: str) -> bool:
            return each == hashed

        return replace(asked, is_hash_asked=is_asked)
    if _KEY.fullmatch(told):
        found = _customer_of_key(warehouse, shop_id, told)
        return replace(asked, customer_ids=frozenset({found}))
    raise NotFoundError(
        f"{told[:40]!r} names no customer.",
        hint="Name the customer by the shop's number, by address, or by customer key.",
        field="customer",
    )


def find_person(warehouse: Warehouse, asked: Asked) -> Person:
    return _Search(warehouse, asked).person()


def without_words_of_others(
    warehouse: Warehouse, asked: Asked, person: Person, words: Collection[str]
) -> frozenset[str]:
    """What was one person's when they were erased may be somebody else's by now."""
    others = _Search(warehouse, asked).words_of_others(person.customer_ids, person.contact_ids)
    return frozenset(word for word in words if word.lower() not in others)


def without_names_of_things(
    warehouse: Warehouse, shop_id: str, words: Collection[str]
) -> frozenset[str]:
    """A product may be called by now as a person was."""
    things = names_of_things(warehouse, _raw_tables(warehouse).values(), shop_id, words)
    return frozenset(word for word in words if word.lower() not in things)


class _Search:
    """From the customer to the contacts with the same address, and to what each of them wrote."""

    def __init__(self, warehouse: Warehouse, asked: Asked) -> None:
        self._warehouse = warehouse
        self._asked = asked
        self._waiting = waiting_of(warehouse, asked.shop_id)
        self._tables = _raw_tables(warehouse)

    def person(self) -> Person:
        customers = self._meant(CUSTOMERS, "customer_id", self._asked.customer_ids)
        known = self._hashes_of(customers)
        customer_ids = self._asked.customer_ids | _ids(customers, "customer_id")
        orders = self._orders(customer_ids, known)
        known |= {row["email_hash"] for row in orders if row["email_hash"]}
        known -= self._asked.erased_hashes
        contacts = self._meant(CONTACTS, "contact_id", self._asked.contact_ids, known)
        known |= self._hashes_of(contacts)
        contact_ids = self._asked.contact_ids | _ids(contacts, "contact_id")
        talks = self._rows(CONVERSATIONS, ["conversation_id"], "contact_id", contact_ids)
        phones = [row["phone_number"] for row in contacts if _is_phone(row["phone_number"])]
        addresses = {
            row["email"]
            for row in (*customers, *contacts)
            if row["email"] and not is_erased(row["email"])
        }
        told = [*addresses, *known, *phones]
        people = self._names(customer_ids, contact_ids, told)
        found = Person(
            self._asked.shop_id,
            frozenset(customer_ids),
            frozenset(contact_ids),
            _ids(talks, "conversation_id"),
            _ids(orders, "order_id"),
            frozenset(addresses),
            frozenset(known),
            Needles.of([*told, *people]),
            any(row[name] for row in (*customers, *contacts) for name in _NAMES if name in row),
        )
        return replace(found, quarantined=tuple(self._waiting_for(found)))

    def _waiting_for(self, person: Person) -> Iterator[Waiting]:
        ids = {key: person.values_of(key) for key in PERSON_KEYS}
        return (each for each in self._waiting if is_about(each, ids, person.hashes))

    def _meant(
        self, table: str, key: str, ids: Collection[int], hashes: Collection[str] = ()
    ) -> list[Row]:
        """All versions of whoever has one of these ids, or ever had one of these addresses."""
        columns = _PERSONAL[table]
        every = [] if self._asked.is_again else self._rows(table, [key, "email"])
        found = set(ids) | {
            row[key]
            for row in every
            if (hashed := email_hash(row["email"]))
            and (hashed in hashes or self._asked.is_hash_asked(hashed))
        }
        return self._rows(table, [key, *columns], key, found)

    def words_of_others(
        self, customer_ids: Collection[int], contact_ids: Collection[int]
    ) -> set[str]:
        """In small letters."""
        told: set[str] = set()
        for table, key, ids in (
            (CUSTOMERS, "customer_id", customer_ids),
            (CONTACTS, "contact_id", contact_ids),
        ):
            for row in self._rows(table, [key, *_PERSONAL[table]]):
                if row[key] not in ids:
                    address, phone = row["email"] or "", row.get("phone_number") or ""
                    told |= {address.strip(), email_hash(address) or "", phone.strip()}
                    told |= set(_names_of(row))
        return {word.lower() for word in told}

    def _names(
        self, customer_ids: Collection[int], contact_ids: Collection[int], told: Collection[str]
    ) -> set[str]:
        """A name that somebody else has as well does not tell who is meant."""
        own: set[str] = set()
        others: set[str] = set()
        for table, key, columns, ids in (
            (CUSTOMERS, "customer_id", ("first_name", "last_name"), customer_ids),
            (CONTACTS, "contact_id", ("name",), contact_ids),
        ):
            for row in self._rows(table, [key, *columns]):
                (own if row[key] in ids else others).update(_names_of(row))
        shared = {name.lower() for name in others}
        shared |= names_of_things(
            self._warehouse, self._tables.values(), self._asked.shop_id, {*own, *told}
        )
        return {name for name in own if name.lower() not in shared}

    def _orders(self, customer_ids: Collection[int], hashes: Collection[str]) -> list[Row]:
        own = self._rows(ORDERS, ["order_id", "email_hash"], "customer_id", customer_ids)
        # A guest has an address alone.
        guests = self._rows(ORDERS, ["order_id", "email_hash"], "customer_id", None)
        meant = [
            row
            for row in guests
            if row["email_hash"]
            and (row["email_hash"] in hashes or self._is_guest_asked(row["email_hash"]))
        ]
        named = self._rows(ORDERS, ["order_id", "email_hash"], "order_id", self._asked.order_ids)
        return [*own, *meant, *named]

    def _is_guest_asked(self, hashed: str) -> bool:
        return self._asked.is_hash_asked(hashed) and hashed not in self._of_others_since

    @cached_property
    def _of_others_since(self) -> set[str]:
        asked = self._asked
        if not asked.is_again:
            return set()
        return self.words_of_others(asked.customer_ids, asked.contact_ids)

    def _rows(
        self,
        name: str,
        columns: Iterable[str],
        key: str | None = None,
        values: Collection[int] | None = (),
    ) -> list[Row]:
        """Of the shop; by a key whose values are None, those where it is empty."""
        if key is not None and values is not None and not values:
            return []
        listed = [*columns]
        waiting = [
            dict(row)
            for row in rows_told(self._waiting, name, [*listed, *([key] if key else [])])
            if key is None or (row[key] is None if values is None else row[key] in values)
        ]
        return [*self._stored_rows(name, listed, key, values), *waiting]

    def _stored_rows(
        self, name: str, columns: Iterable[str], key: str | None, values: Collection[int] | None
    ) -> list[Row]:
        table: StoredTable | None = self._tables.get(name)
        if table is None:
            return []
        listed = ", ".join(
            column if column in table.columns else f"null as {column}" for column in columns
        )
        asked = f"select distinct {listed} from {table.in_sql} where shop_id = ?"
        told: list[object] = [self._asked.shop_id]
        if key is not None and values is None:
            asked += f" and {key} is null"
        elif key is not None and values:
            asked += f" and {key} in ({marks(values)})"
            told += sorted(values)
        return rows(self._warehouse.query(asked, told))

    def _hashes_of(self, found: Iterable[Row]) -> set[str]:
        return {
            hashed
            for row in found
            if (hashed := email_hash(row["email"])) and not is_erased(row["email"])
        }


def _raw_tables(warehouse: Warehouse) -> dict[str, StoredTable]:
    return {table.name: table for table in stored_tables(warehouse) if table.schema == "raw"}


def _is_phone(told: str | None) -> bool:
    """A mere number of few digits is an amount or an id somewhere else."""
    return bool(told) and (told.startswith("+") or sum(map(str.isdigit, told)) >= _DIGITS)


_DIGITS = 8
_NAMES = ("first_name", "last_name", "name", "phone_number")
_PERSONAL = {
    CUSTOMERS: ("email", "first_name", "last_name"),
    CONTACTS: ("email", "name", "phone_number"),
}


def _ids(found: Iterable[Row], key: str) -> frozenset[int]:
    return frozenset(row[key] for row in found if row[key] is not None)


def _names_of(row: Row) -> list[str]:
    """A first name alone stands in the texts of many; both together are one person's."""
    first, last = row.get("first_name"), row.get("last_name")
    if first and last:
        return [f"{first} {last}", f"{last}, {first}"]
    name = (row.get("name") or "").strip()
    return [name] if " " in name else []


def _customer_of_key(warehouse: Warehouse, shop_id: str, key: str) -> int:
    """The key as the models make it: of a guest it says nothing that could be turned back."""
    found = customer_of_key(warehouse, shop_id, key)
    if found is None:
        raise NotFoundError(
            "The shop knows no customer by this key.",
            hint="A guest is named by address.",
            field="customer",
        )
    return found
