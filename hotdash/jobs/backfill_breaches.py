"""Breach times for facts that were told before anybody kept them: each gets a correcting fact beside it."""

from collections.abc import Mapping
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy.orm import Session

from hotdash.decisions.facts.published import escalations
from hotdash.decisions.facts.types import FactType
from hotdash.storage.appdb.repositories.facts import FactRecord, add_facts, without_breach_times
from hotdash.storage.appdb.repositories.shops import list_shops
from hotdash.storage.appdb.repositories.signals.reading import breaches_of
from hotdash.storage.appdb.session import Database

TYPE = FactType.ESCALATIONS.value


def backfill_breaches(database: Database) -> Mapping[str, tuple[int, int]]:
    """By shop how many were corrected, and of how many conversations no promise is known."""
    with database.snapshot() as session:
        shops = [shop.shop_id for shop in list_shops(session)]
    told: dict[str, tuple[int, int]] = {}
    for shop_id in shops:
        with database.jobs() as session:
            told[shop_id] = _of_shop(session, shop_id)
    return told


def _of_shop(session: Session, shop_id: str) -> tuple[int, int]:
    corrections: list[FactRecord] = []
    unknown: set[int] = set()
    for fact in without_breach_times(session, shop_id, TYPE):
        corrected, missing = _corrected(session, fact)
        unknown |= missing
        if corrected is not None:
            corrections.append(corrected)
    return add_facts(session, corrections), len(unknown)


def _corrected(session: Session, fact: FactRecord) -> tuple[FactRecord | None, set[int]]:
    """What was known stays; None where nothing more is known than before."""
    before = fact.metadata
    known: Mapping[str, str] = before.get("breach_times") or {}
    wanted = {int(number) for number in before["breached_ids"]} - {int(number) for number in known}
    found = escalations(breaches_of(session, fact.shop_id, wanted)).model_dump(mode="json")
    missing = wanted - set(found["breached_ids"])
    if not found["breached_ids"]:
        return None, missing
    minutes: Mapping[str, int] = before.get("sla_minutes") or {}
    metadata: dict[str, Any] = {
        **before,
        "breach_times": {**found["breach_times"], **known},
        "sla_minutes": {**found["sla_minutes"], **minutes},
    }
    return (
        FactRecord(
            shop_id=fact.shop_id,
            fact_id=uuid5(NAMESPACE_URL, f"hotdash:fact:breach times of {fact.fact_id}"),
            fact_type=fact.fact_type,
            version=fact.version,
            occurred_at=fact.occurred_at,
            value=fact.value,
            metadata=metadata,
            evidence=fact.evidence,
            corrects=fact.fact_id,
        ),
        missing,
    )
