"""The figures of one analysis, as plain records."""

from dataclasses import dataclass
from datetime import datetime

from hotdash.decisions.analyzer.windows import RateLimitWindow


def share(part: int, whole: int) -> float | None:
    """Of nothing there is no share."""
    return part / whole if whole else None


@dataclass(frozen=True, slots=True)
class Totals:
    """Attempts are lines, ids are what was to be delivered. `came_too_early`: planned before Retry-After said."""

    attempts: int
    failed: int
    refused: int
    retries: int
    retries_succeeded: int
    given_up: int
    stopped: int
    told_to_wait: int
    longest_told_wait: float | None
    came_too_early: int
    shops: int
    job_runs: int
    first_at: datetime | None
    last_at: datetime | None

    @property
    def failure_rate(self) -> float | None:
        return share(self.failed, self.attempts)


@dataclass(frozen=True, slots=True)
class Fates:
    """What became of the ids: `waiting` have neither arrived nor been given up."""

    at_once: int = 0
    recovered: int = 0
    dead: int = 0
    waiting: int = 0

    @property
    def ids(self) -> int:
        return self.at_once + self.recovered + self.dead + self.waiting


@dataclass(frozen=True, slots=True)
class CodeFigure:
    """One way to fail: its attempts, the ids that met it, and those of them that arrived later."""

    http_status: int | None
    code: str | None
    attempts: int
    ids: int
    recovered: int

    @property
    def name(self) -> str:
        told = [str(self.http_status)] if self.http_status is not None else []
        told += [self.code] if self.code else []
        return " ".join(told) or "no answer"


@dataclass(frozen=True, slots=True)
class HourFigure:
    hour: datetime
    attempts: int
    failed: int
    refused: int
    first_tries: int
    first_failed: int
    retries: int
    retries_succeeded: int

    @property
    def failure_rate(self) -> float:
        return self.failed / self.attempts

    @property
    def retry_success(self) -> float | None:
        return share(self.retries_succeeded, self.retries)


@dataclass(frozen=True, slots=True)
class AttemptFigure:
    """Of the n-th attempts: how many there were, succeeded, and how many ids first arrived by one."""

    attempt: int
    attempts: int
    succeeded: int
    recovered: int


@dataclass(frozen=True, slots=True)
class Waited:
    """From the first attempt to the one that arrived, of ids that failed before."""

    median: float | None = None
    p95: float | None = None
    longest: float | None = None


@dataclass(frozen=True, slots=True)
class ScopeFigure:
    key: str
    attempts: int
    failed: int
    refused: int
    retries: int
    retries_succeeded: int


@dataclass(frozen=True, slots=True)
class RunFigure:
    shop_id: str
    job_run_id: str
    attempts: int
    failed: int
    delivered: int
    given_up: int
    code: str | None
    last_at: datetime


@dataclass(frozen=True, slots=True)
class WorstId:
    id: str
    shop_id: str
    scope: str
    attempts: int
    failed: int
    fate: str
    first_at: datetime
    last_at: datetime
    last_code: str | None


@dataclass(frozen=True, slots=True)
class Analysis:
    """`unreadable` are lines without a whole attempt in them; they are in no other figure."""

    source: str
    lines: int
    unreadable: int
    totals: Totals
    fates: Fates
    waited: Waited
    by_code: tuple[CodeFigure, ...]
    by_hour: tuple[HourFigure, ...]
    by_attempt: tuple[AttemptFigure, ...]
    by_shop: tuple[ScopeFigure, ...]
    by_job_run: tuple[ScopeFigure, ...]
    worst: tuple[WorstId, ...]
    windows: tuple[RateLimitWindow, ...]
