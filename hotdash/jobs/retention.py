"""What is older than the policy keeps it: shown by doing it and taking it back, and done."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from hotdash.base.clock import Clock
from hotdash.governance.audit.archive import archive_old, count_old
from hotdash.governance.audit.chain import note_heads
from hotdash.governance.retention.policy import KeptDays, load_policy
from hotdash.storage.appdb.repositories import (
    api_calls,
    identity,
    inbox,
    installs,
    jobs,
    kept_days,
    known_requests,
)
from hotdash.storage.appdb.session import Database

Forget = Callable[[Session, KeptDays, datetime], int]

_FORGET: Mapping[str, Forget] = {
    "sign_in_attempts": lambda session, kept, now: identity.forget_expired(
        session, now=now, attempts_before=now - kept.of("sign_in_attempts")
    ),
    "webhooks": lambda session, kept, now: inbox.forget_applied(session, now - kept.of("webhooks")),
    "known_requests": lambda session, kept, now: known_requests.forget_requests(
        session, now - kept.of("known_requests")
    ),
    "install_passes": lambda session, kept, now: installs.forget_passes(session, now),
    "jobs": lambda session, kept, now: jobs.forget_jobs(session, now - kept.of("jobs")),
}


def forget(session: Session, kept: KeptDays, now: datetime) -> dict[str, int]:
    """Of each store how many rows went."""
    return {name: each(session, kept, now) for name, each in _FORGET.items()}


def note_policy(session: Session, kept: KeptDays, now: datetime) -> None:
    """For pg_cron, which holds to it while no worker is there."""
    kept_days.note_days(session, kept.model_dump(), now)


@dataclass(frozen=True)
class RetentionDesk:
    """Clicks are left to the night: only the warehouse tells how far they were drained."""

    database: Database
    home: Path
    clock: Clock

    def plan(self) -> dict[str, int]:
        """Exactly what would go, because it goes and is taken back."""
        kept, now = load_policy(self.home), self.clock.now()
        with self.database.rehearsal() as session:
            told = forget(session, kept, now) | {"api_calls": _forget_calls(session, kept, now)}
        with self.database.snapshot() as session:
            return told | {"audit": count_old(session, now - kept.of("audit"))}

    def run(self) -> dict[str, int]:
        """Killed on the way, what went is gone and the rest goes the next time."""
        kept, now = load_policy(self.home), self.clock.now()
        with self.database.jobs() as session:
            note_policy(session, kept, now)
            told = forget(session, kept, now) | {"api_calls": _forget_calls(session, kept, now)}
        # Where each chain ends stands outside before anything leaves the database.
        note_heads(self.database, self.home, now)
        return told | {"audit": archive_old(self.database, self.home, now, kept.of("audit"))}


def _forget_calls(session: Session, kept: KeptDays, now: datetime) -> int:
    """Their hours are counted first."""
    api_calls.roll_up_calls(session)
    return api_calls.forget_calls(session, now - kept.of("api_calls"))
