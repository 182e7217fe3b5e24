"""Exchange rates: brought by a file or taken back, for each shop with who did it; the next run takes it along."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from hotdash.base.clock import Clock
from hotdash.base.errors import NotFoundError
from hotdash.insights.operations.rates import GivenRate, read_rates
from hotdash.storage.appdb.repositories import audit
from hotdash.storage.appdb.repositories.exchange_rates import (
    DatedRate,
    add_rates,
    newest_rates,
)
from hotdash.storage.appdb.repositories.shops import get_shop, list_shops
from hotdash.storage.appdb.session import Database


def import_rates(
    database: Database, shops: Sequence[str], text: str, *, actor: str, clock: Clock
) -> list[DatedRate]:
    """For the shops that are named, or for every shop there is; what already holds is not added again."""
    given = read_rates(text)
    with database.jobs() as session:
        added = list[DatedRate]()
        for shop_id in rate_shops(session, shops):
            added += _add(session, shop_id, given, actor, clock)
        return added


def remove_rate(
    database: Database,
    shops: Sequence[str],
    day: date,
    base: str,
    quote: str,
    *,
    actor: str,
    clock: Clock,
) -> list[DatedRate]:
    """What it was, of the shops that are named or of every shop that has it; the import stays on record."""
    at = clock.now()
    with database.jobs() as session:
        held = [
            each
            for shop_id in rate_shops(session, shops)
            for each in newest_rates(session, shop_id)
            if (each.day, each.base, each.quote) == (day, base, quote) and each.rate is not None
        ]
        if not held:
            raise NotFoundError(
                f"No rate of {base} to {quote} holds on {day} by an import of that day.",
                hint="Choose one of `hotdash rates list`; a rate is taken back on its own day.",
                field="day",
            )
        add_rates(
            session,
            [
                replace(each, rate=None, imported_at=_after(each, at), imported_by=actor)
                for each in held
            ],
        )
        for each in held:
            audit.add_event(
                session,
                shop_id=each.shop_id,
                actor=actor,
                action="remove_rate",
                subject=f"{base}/{quote}",
                at=at,
                detail={"day": day.isoformat(), "rate": f"{each.rate:f}"},
            )
        return held


def _after(before: DatedRate, at: datetime) -> datetime:
    """A clock that was set back must not let the older word win."""
    return max(at, before.imported_at + timedelta(microseconds=1))


def rate_shops(session: Session, named: Sequence[str]) -> list[str]:
    found = [get_shop(session, shop_id) for shop_id in named] if named else list_shops(session)
    if not found:
        raise NotFoundError("No shop is connected.", hint="Connect one: `hotdash init`.")
    return sorted({each.shop_id for each in found})


def _add(
    session: Session, shop_id: str, given: Sequence[GivenRate], actor: str, clock: Clock
) -> list[DatedRate]:
    at = clock.now()
    known = {(each.day, each.base, each.quote): each for each in newest_rates(session, shop_id)}
    added = list[DatedRate]()
    for each in given:
        before = known.get((each.day, each.base, each.quote))
        if before is not None and before.rate == each.rate:
            continue
        told_at = _after(before, at) if before else at
        added.append(DatedRate(shop_id, each.day, each.base, each.quote, each.rate, told_at, actor))
    add_rates(session, added)
    audit.add_event(
        session,
        shop_id=shop_id,
        actor=actor,
        action="import_rates",
        subject=shop_id,
        at=at,
        detail={"added": len(added), "pairs": sorted({f"{r.base}/{r.quote}" for r in added})},
    )
    return added
