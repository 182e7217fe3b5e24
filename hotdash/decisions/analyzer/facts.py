"""What an analysed log tells as facts: its windows, and what came of each run."""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from decimal import Decimal

from hotdash.decisions.analyzer.figures import Analysis, RunFigure
from hotdash.decisions.analyzer.windows import LONGEST_SILENCE, ShopShare
from hotdash.decisions.analyzer.windows import RateLimitWindow as Window
from hotdash.decisions.facts.keep import ShopFact
from hotdash.decisions.facts.types import (
    Fact,
    FactType,
    RateLimitWindow,
    SyncedSource,
    SyncSummary,
)

VENDOR = "supabase"
MIRROR = "mirror"
_FINE = Decimal("0.0001")


def window_facts(found: Analysis, shops: Collection[str], now: datetime) -> Iterator[ShopFact]:
    """One for each of our shops that a window met; one that may still go on is told when it is over.

    Each shop is told its own calls: what counts all shops together is not for one of them.
    """
    for window in found.windows:
        if now - window.rests_until <= LONGEST_SILENCE:
            continue
        for share in window.by_shop:
            if share.shop_id in shops:
                yield share.shop_id, _window(window, share)


def run_facts(
    runs: Iterable[RunFigure], shops: Collection[str], now: datetime
) -> Iterator[ShopFact]:
    """Where something failed. Of the others the outbox tells, and a fact of each would be news to send again."""
    for run in runs:
        if run.failed and run.shop_id in shops and now - run.last_at > LONGEST_SILENCE:
            yield run.shop_id, _run(run)


def _window(window: Window, share: ShopShare) -> Fact:
    told = RateLimitWindow(
        vendor=VENDOR,
        run_id=None,
        first_at=share.first_at,
        last_at=share.last_at,
        calls=share.calls,
        operations=list(share.operations),
        scope=window.scope.value,
        key=window.key,
        density=f"{Decimal(share.density).quantize(_FINE):f}",
    )
    key = f"{VENDOR}:{window.scope}:{window.key}:{share.first_at.isoformat()}"
    return Fact(FactType.RATE_LIMIT, key, share.first_at, told, Decimal(share.refused))


def _run(run: RunFigure) -> Fact:
    source = SyncedSource(
        source=MIRROR,
        status="failed" if run.given_up else "delayed",
        rows=run.delivered,
        unreadable=0,
        code=run.code,
    )
    told = SyncSummary(run_id=run.job_run_id, sources=[source])
    key = f"{MIRROR}:{run.job_run_id}"
    return Fact(FactType.SYNC, key, run.last_at, told, Decimal(run.delivered))
