"""What the weekly packet says about delivery: plain figures and sentences, made from one analysis."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from hotdash.decisions.analyzer.analyze import analyze
from hotdash.decisions.analyzer.figures import Analysis
from hotdash.decisions.analyzer.recommending import recommend
from hotdash.decisions.analyzer.windows import RateLimitWindow
from hotdash.storage.attempts.store import Chosen, open_attempts

MOST_CODES = 5


@dataclass(frozen=True, slots=True)
class SyncSection:
    """Shares are from 0 to 1, and None of nothing; waits are seconds of ids that failed before they arrived."""

    first_at: datetime | None
    last_at: datetime | None
    attempts: int
    failed: int
    failure_rate: float | None
    recovered: int
    given_up: int
    waiting: int
    median_wait_s: float | None
    p95_wait_s: float | None
    unreadable_lines: int
    codes: tuple[tuple[str, int], ...]
    windows: tuple[RateLimitWindow, ...]
    advice: tuple[str, ...]

    @property
    def is_quiet(self) -> bool:
        return not self.failed and not self.unreadable_lines


def sync_section(found: Analysis) -> SyncSection:
    return SyncSection(
        first_at=found.totals.first_at,
        last_at=found.totals.last_at,
        attempts=found.totals.attempts,
        failed=found.totals.failed,
        failure_rate=found.totals.failure_rate,
        recovered=found.fates.recovered,
        given_up=found.fates.dead,
        waiting=found.fates.waiting,
        median_wait_s=found.waited.median,
        p95_wait_s=found.waited.p95,
        unreadable_lines=found.unreadable,
        codes=tuple((each.name, each.attempts) for each in found.by_code[:MOST_CODES]),
        windows=found.windows,
        advice=tuple(each.sentence for each in recommend(found).advice),
    )


def section_of_logs(files: Sequence[Path], folder: Path, chosen: Chosen) -> SyncSection:
    """Staged in that folder while it is read, and gone afterwards."""
    with open_attempts(folder) as store:
        return sync_section(analyze(store, store.read_log(files, chosen), "sync"))
