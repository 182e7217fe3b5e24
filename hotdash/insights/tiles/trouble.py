"""What can be the matter with what a tile shows: a failed check, work under way, a hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class FailedCheck:
    """Without a name it is no check of the gate, but what went wrong while publishing."""

    sentence: str
    mend: str
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Blocked:
    checks: Sequence[FailedCheck]
    since: datetime


@dataclass(frozen=True, slots=True)
class Reprocessing:
    """Of a backfill also its days, the share that is done, and when it ends at that speed."""

    what: str
    since: datetime
    days: tuple[date, date] | None = None
    share_done: Decimal | None = None
    ends_about: datetime | None = None


@dataclass(frozen=True, slots=True)
class Pin:
    by: str
    at: datetime
    reason: str
