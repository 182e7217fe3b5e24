"""Exchange rates from a file: kept for each shop with who brought them, and taken along by the next run."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy.orm import Session

from hotdash.base.clock import Clock
from hotdash.base.errors import NotFoundError
from hotdash.insights.operations.rates import GivenRate, read_rates
from hotdash.storage.appdb.repositories import audit
from hotdash.storage.appdb.repositories.exchange_rates import DatedRate, add_rates, list_rates
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


def rate_shops(session: Session, named: Sequence[str]) -> list[str]:
    found = [get_shop(session, shop_id) for shop_id in named] if named else list_shops(session)
    if not found:
        raise NotFoundError("No shop is connected.", hint="Connect one: `hotdash init`.")
    return sorted({each.shop_id for each in found})


def _add(
    session: Session, shop_id: str, given: Sequence[GivenRate], actor: str, clock: Clock
) -> list[DatedRate]:
    at = clock.now()
    known = {(each.day, each.base, each.quote): each for each in list_rates(session, shop_id)}
    added = list[DatedRate]()
    for each in given:
        before = known.get((each.day, each.base, each.quote))
        if before is not None and before.rate == each.rate:
            continue
        # A clock that was set back must not let the older rate win.
        imported_at = max(at, before.imported_at + timedelta(microseconds=1)) if before else at
        added.append(
            DatedRate(shop_id, each.day, each.base, each.quote, each.rate, imported_at, actor)
        )
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
