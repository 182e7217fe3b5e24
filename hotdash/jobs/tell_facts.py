"""After a publication: what it and the reading before it tell as facts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import groupby
from uuid import UUID

from hotdash.base.clock import Clock
from hotdash.decisions.facts.keep import keep, keep_changed
from hotdash.decisions.facts.published import TOLD_FOR, anomalies_of, facts_of
from hotdash.decisions.facts.types import (
    Fact,
    FactType,
    RateLimitWindow,
    SyncedSource,
    SyncSummary,
)
from hotdash.pipeline.durable import Detail
from hotdash.storage.appdb.repositories.facts import ThrottledCall, pages_told, throttled_calls
from hotdash.storage.appdb.repositories.signals.reading import load_reading
from hotdash.storage.appdb.session import Database

# Refusals further apart than this are two windows.
WINDOW_GAP = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class RunFacts:
    """What a run's steps left behind about the sources of one shop."""

    run_id: UUID
    sources: Mapping[str, Detail]


def facts_step(shop_id: str) -> str:
    return f"facts {shop_id}"


def tell_facts(database: Database, shop_id: str, clock: Clock, run: RunFacts) -> Detail:
    """Told again after a death they are the same facts."""
    now = clock.now()
    with database.snapshot() as seen:
        reading = load_reading(seen, shop_id, now)
    with database.jobs() as session:
        told = keep_changed(session, shop_id, facts_of(reading))
        known = pages_told(session, shop_id, FactType.ANOMALIES.value, now - TOLD_FOR)
        fresh = [
            each for each in anomalies_of(reading) if each.document["landing_page"] not in known
        ]
        told += keep(session, shop_id, fresh)
        calls = throttled_calls(session, shop_id, run.run_id)
        told += keep(session, shop_id, [*_windows(calls, run.run_id), _synced(run, now)])
    return {"facts": told}


def _windows(calls: Sequence[ThrottledCall], run_id: UUID) -> Iterator[Fact]:
    for vendor, of_vendor in groupby(calls, key=lambda call: call.vendor):
        window: list[ThrottledCall] = []
        for call in of_vendor:
            if window and call.at - window[-1].at > WINDOW_GAP:
                yield _window(vendor, window, run_id)
                window = []
            window.append(call)
        yield _window(vendor, window, run_id)


def _window(vendor: str, calls: Sequence[ThrottledCall], run_id: UUID) -> Fact:
    first, last = calls[0].at, calls[-1].at
    told = RateLimitWindow(
        vendor=vendor,
        run_id=str(run_id),
        first_at=first,
        last_at=last,
        calls=len(calls),
        operations=sorted({call.operation for call in calls}),
    )
    key = f"{run_id}:{vendor}:{first.isoformat()}"
    return Fact(FactType.RATE_LIMIT, key, first, told, Decimal(len(calls)))


def _synced(run: RunFacts, now: datetime) -> Fact:
    sources = [
        SyncedSource(
            source=source,
            status=str(detail["status"]),
            rows=sum(detail.get("rows", {}).values()),
            unreadable=int(detail.get("unreadable") or 0),
            code=detail.get("code"),
        )
        for source, detail in sorted(run.sources.items())
    ]
    told = SyncSummary(run_id=str(run.run_id), sources=sources)
    value = Decimal(sum(each.rows for each in sources))
    return Fact(FactType.SYNC, f"{run.run_id}", now, told, value)
