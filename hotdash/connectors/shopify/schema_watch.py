"""Shopify's own schema held against what our queries rely on, so that a change is known before it breaks data."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from hotdash.connectors.contract import Drift, DriftKind, RawTable
from hotdash.connectors.shopify.client import Answer, ShopifyClient
from hotdash.connectors.shopify.queries import Query
from hotdash.connectors.shopify.tables import ORDERS, TABLES

RELIED_ON_FILE = Path(__file__).with_name("queries") / "relied_on.json"
_TYPES_PER_QUESTION = 25
_TYPE = (
    "fragment Reference on __Type { kind name ofType { kind name ofType { kind name "
    "ofType { kind name } } } }"
)
_NAMED_OTHERWISE = {
    "LineItem": "shopify_order_lines",
    "ShippingLine": "shopify_order_shipping_lines",
    "ProductVariant": "shopify_variants",
    "RefundLineItem": "shopify_refund_lines",
}


@lru_cache(maxsize=1)
def relied_on() -> Mapping[str, str]:
    """Every field that our queries select, as Type.field, with the type it has to have."""
    return json.loads(RELIED_ON_FILE.read_text(encoding="utf-8"))


def schema_problems(client: ShopifyClient, now: datetime) -> Iterator[Drift]:
    """A few cheap questions; what is told of fields that nobody asks for is left aside."""
    wanted: dict[str, dict[str, str]] = {}
    for name, declared in relied_on().items():
        owner, _, field = name.partition(".")
        wanted.setdefault(owner, {})[field] = declared
    owners = sorted(wanted)
    for start in range(0, len(owners), _TYPES_PER_QUESTION):
        some = owners[start : start + _TYPES_PER_QUESTION]
        answer = client.ask(_question(some))
        for place, owner in enumerate(some):
            yield from _problems_of(owner, wanted[owner], answer[f"t{place}"], now)


def _question(owners: Sequence[str]) -> Query:
    asked = "\n".join(
        f'  t{place}: __type(name: "{owner}") {{ fields(includeDeprecated: true) '
        "{ name isDeprecated deprecationReason type { ...Reference } } }"
        for place, owner in enumerate(owners)
    )
    return Query("SchemaOfTypes", f"query SchemaOfTypes {{\n{asked}\n}}\n{_TYPE}")


def _problems_of(
    owner: str, wanted: Mapping[str, str], told: Answer | None, now: datetime
) -> Iterator[Drift]:
    table = _table_of(owner)
    fields: list[Answer] = (told or {}).get("fields") or []
    known = {str(field["name"]): field for field in fields}
    for name, declared in sorted(wanted.items()):
        full = f"{owner}.{name}"
        found = known.get(name)
        if found is None:
            detail = f"Shopify's schema has no {full} any more"
            yield Drift(table, DriftKind.DROPPED, full, detail, now)
            continue
        kind = _written(found["type"])
        if not _still_fits(declared, kind):
            detail = f"{full} is {kind} in Shopify's schema, and {declared} was agreed"
            yield Drift(table, DriftKind.RETYPED, full, detail, now)
        if found["isDeprecated"]:
            detail = f"{full} is deprecated: {found['deprecationReason'] or 'without a reason'}"
            yield Drift(table, DriftKind.DEPRECATED, full, detail, now)


def _still_fits(declared: str, found: str) -> bool:
    """What may be missing less often than before harms nobody."""
    return found == declared or (
        found.replace("!", "") == declared.replace("!", "")
        and (_promises(found) >= _promises(declared))
    )


def _promises(kind: str) -> int:
    return kind.count("!")


def _written(reference: Mapping[str, Any]) -> str:
    """As the schema language writes it: [LineItem!]!"""
    if reference["kind"] == "NON_NULL":
        return f"{_written(reference['ofType'])}!"
    if reference["kind"] == "LIST":
        return f"[{_written(reference['ofType'])}]"
    return str(reference["name"])


def _table_of(owner: str) -> RawTable:
    """The raw table that rows of this type go to; orders hold what has none of its own."""
    single = re.sub(r"(?<!^)(?=[A-Z])", "_", owner.removesuffix("Connection")).lower()
    wanted = _NAMED_OTHERWISE.get(owner.removesuffix("Connection"), f"shopify_{single}s")
    return next((table for table in TABLES if table.name == wanted), ORDERS)
