"""Facts are kept once: under an id that follows from what they are about, and not again unchanged."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from sqlalchemy.orm import Session

from hotdash.base.clock import parse_iso
from hotdash.decisions.facts.types import SCHEMAS, Fact, FactType
from hotdash.storage.appdb.repositories.facts import (
    FactRecord,
    add_facts,
    newest_fact,
    windows_since,
)

# What differs each time it is looked at although nothing changed.
_MOMENTS = ("generated_at",)

ShopFact = tuple[str, Fact]


def fact_id(shop_id: str, kind: FactType, key: str) -> UUID:
    return uuid5(NAMESPACE_URL, f"hotdash:fact:{shop_id}:{kind}:{SCHEMAS[kind].version}:{key}")


def record_of(shop_id: str, fact: Fact) -> FactRecord:
    return FactRecord(
        shop_id=shop_id,
        fact_id=fact_id(shop_id, fact.type, fact.key),
        fact_type=fact.type.value,
        version=SCHEMAS[fact.type].version,
        occurred_at=fact.occurred_at,
        value=fact.value,
        metadata=fact.document,
        evidence=fact.evidence,
    )


def keep(session: Session, shop_id: str, facts: Iterable[Fact]) -> int:
    """How many were news."""
    return add_facts(session, [record_of(shop_id, fact) for fact in facts])


def new_windows(session: Session, told: Sequence[ShopFact]) -> list[ShopFact]:
    """Without those of which a part is known: a log that lost its beginning shows a window from later on."""
    if not told:
        return []
    kind = FactType.RATE_LIMIT.value
    known = windows_since(session, kind, min(fact.occurred_at for _, fact in told))
    return [
        (shop_id, fact)
        for shop_id, fact in told
        if not any(shop_id == each.shop_id and _overlap(fact, each) for each in known)
    ]


def _overlap(fact: Fact, known: FactRecord) -> bool:
    one, other = fact.document, dict(known.metadata)
    if any(one[name] != other.get(name) for name in ("vendor", "scope", "key")):
        return False
    return known.occurred_at <= parse_iso(one["last_at"]) and fact.occurred_at <= parse_iso(
        other["last_at"]
    )


def keep_changed(session: Session, shop_id: str, facts: Iterable[Fact]) -> int:
    """Of what is told with every publication only what differs from the last time."""
    changed = [fact for fact in facts if _is_news(session, shop_id, fact)]
    return keep(session, shop_id, changed)


def _is_news(session: Session, shop_id: str, fact: Fact) -> bool:
    last = newest_fact(session, shop_id, fact.type.value)
    if last is None:
        return True
    return (last.value, _lasting(last.metadata)) != (fact.value, _lasting(fact.document))


def _lasting(metadata: Any) -> dict[str, Any]:
    return {name: value for name, value in dict(metadata).items() if name not in _MOMENTS}
