"""Who is meant by what waits in quarantine: by the vendor's number, and by ids and addresses in its text."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, cast

import orjson

from hotdash.base.email_hash import email_hash
from hotdash.base.needles import ERASED
from hotdash.governance.privacy.marked_columns import ADDRESS, ADDRESS_HASH, PERSON_KEYS
from hotdash.storage.warehouse.quarantined_people import Waiting

Told = Mapping[str, Any]
_DEEPEST = 50
# Whose number each of them is told by.
KEYS = {
    "shopify_customers": "customer_id",
    "shopify_orders": "order_id",
    "chatwoot_contacts": "contact_id",
    "chatwoot_conversations": "conversation_id",
}
# Under which names vendors nest a thing whose number we call otherwise.
_NESTED = {key: (key.removesuffix("_id"),) for key in PERSON_KEYS} | {
    "contact_id": ("meta", "sender")
}


def is_about(waiting: Waiting, ids: Mapping[str, Collection[int]], hashes: Collection[str]) -> bool:
    """Whether any of it is somebody's who has one of these ids or addresses."""
    own_key = KEYS.get(waiting.table_name)
    if own_key is not None and _number(waiting.vendor_id) in ids[own_key]:
        return True
    return any(
        any(number_of(told, key) in ids[key] for key in PERSON_KEYS) or hash_of(told) in hashes
        for told in _objects(waiting.payload)
    )


def rows_told(waiting: Sequence[Waiting], table: str, columns: Sequence[str]) -> Iterator[Told]:
    """What is in quarantine of one raw table, as rows of it would be."""
    key = KEYS.get(table)
    for each in waiting:
        if each.table_name == table and key is not None:
            for told in _roots(each) or [{}]:
                number = _number(each.vendor_id)
                yield {name: _value(told, name) for name in columns} | (
                    {key: number} if key in columns and number is not None else {}
                )


def number_of(told: Told, key: str) -> int | None:
    """Under its own name, or as the number of what a vendor nests."""
    nested: Any = told
    for name in (*_NESTED[key], "id"):
        nested = cast("Told", nested).get(name) if isinstance(nested, Mapping) else None
    return _number(told.get(key)) or _number(nested)


def hash_of(told: Told) -> str | None:
    return _word(told, ADDRESS_HASH) or email_hash(_word(told, ADDRESS))


def _value(told: Told, name: str) -> int | str | None:
    if name in PERSON_KEYS:
        return number_of(told, name)
    return hash_of(told) if name == ADDRESS_HASH else _word(told, name)


def _word(told: Told, name: str) -> str | None:
    """What a connector hid is hidden alike of everybody, and would make them one person."""
    value = told.get(name)
    return value if isinstance(value, str) and value != ERASED else None


def _number(value: object) -> int | None:
    """Shopify names a thing by an address with its number at the end."""
    told = str(value).rpartition("/")[2] if isinstance(value, int | str) else ""
    return int(told) if told.isascii() and told.isdigit() and len(told) < 19 else None


def _roots(waiting: Waiting) -> list[Told]:
    """The thing itself: alone, or among the rows that it would have become."""
    found: list[Told] = []
    for document in _documents(waiting.payload):
        if isinstance(document, Mapping):
            told = cast("Told", document)
            rows = told.get(waiting.table_name)
            listed = cast("list[Any]", rows) if isinstance(rows, list) else [told]
            found += [each for each in listed if isinstance(each, Mapping)]
    return found


def _objects(payload: str) -> Iterator[Told]:
    """However deep."""
    left: list[tuple[Any, int]] = [(document, 0) for document in _documents(payload)]
    while left:
        value, depth = left.pop()
        within: list[Any] = []
        if isinstance(value, Mapping):
            told = cast("Told", value)
            yield told
            within = list(told.values())
        elif isinstance(value, list):
            within = cast("list[Any]", value)
        if depth < _DEEPEST:
            left += [(each, depth + 1) for each in within]


def _documents(payload: str) -> Iterator[Any]:
    """One, or one a line; a line that was cut is none."""
    try:
        yield orjson.loads(payload)
    except orjson.JSONDecodeError:
        for line in payload.splitlines() if "\n" in payload else ():
            yield from _documents(line)
