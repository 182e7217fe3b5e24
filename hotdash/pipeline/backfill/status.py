"""How a backfill stands, what may follow, and how far it is: pure rules over what was said of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum
from uuid import UUID

from hotdash.base.errors import ConflictError


class Status(StrEnum):
    REQUESTED = "requested"
    APPROVED = "approved"
    REFUSED = "refused"
    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    ROLLED_BACK = "rolled_back"
    ABORTED = "aborted"


_S = Status
_MAY_FOLLOW = {
    _S.REQUESTED: {_S.APPROVED, _S.REFUSED, _S.RUNNING, _S.ABORTED},
    _S.APPROVED: {_S.RUNNING, _S.ABORTED},
    # Running after running is a resumed one, or one that is shown and not yet merged.
    _S.RUNNING: {_S.RUNNING, _S.COMPLETED, _S.FAILED, _S.ABORTED, _S.ROLLED_BACK},
    _S.FAILED: {_S.RUNNING, _S.ABORTED},
    _S.COMPLETED: {_S.ROLLED_BACK},
    _S.REFUSED: set[Status](),
    _S.ROLLED_BACK: set[Status](),
    _S.ABORTED: set[Status](),
}
_WHAT_NOW = {
    _S.REQUESTED: "It waits for an approval, or for `hotdash backfill run` where none is needed.",
    _S.APPROVED: "Run it with `hotdash backfill run`.",
    _S.RUNNING: "See `hotdash backfill status`; where its process died, run or abort it.",
    _S.FAILED: "Run it again, or abort it.",
    _S.COMPLETED: "It is done; `hotdash backfill rollback` leads back.",
    _S.REFUSED: "Plan another one.",
    _S.ROLLED_BACK: "Plan another one.",
    _S.ABORTED: "Plan another one.",
}


def resource_of(backfill_id: UUID) -> str:
    """What the one process that carries it out holds a lease on."""
    return f"backfill:{backfill_id}"


def require_may_follow(now: Status, wanted: Status) -> None:
    if wanted not in _MAY_FOLLOW[now]:
        raise ConflictError(
            f"This backfill is {_said(now)}; it cannot become {_said(wanted)}.",
            hint=_WHAT_NOW[now],
            field="status",
        )


def require_still_running(now: Status) -> None:
    if now is not Status.RUNNING:
        raise ConflictError(
            f"This backfill became {_said(now)} while it was carried out, so it goes no further.",
            hint=_WHAT_NOW[now],
            field="status",
        )


def may_follow(now: Status) -> frozenset[Status]:
    return frozenset(_MAY_FOLLOW[now])


def what_now(now: Status) -> str:
    return _WHAT_NOW[now]


def _said(status: Status) -> str:
    return status.value.replace("_", " ")


@dataclass(frozen=True, slots=True)
class ChunkTimes:
    started_at: datetime | None
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class HowFar:
    """ends_about is where it would end if the rest went as fast as what is done."""

    done: int
    planned: int
    ends_about: datetime | None

    @property
    def share(self) -> Decimal:
        if not self.planned:
            return Decimal(0)
        return (Decimal(self.done) / self.planned).quantize(Decimal("0.01"), ROUND_DOWN)


def how_far(chunks: Sequence[ChunkTimes]) -> HowFar:
    finished = [chunk.finished_at for chunk in chunks if chunk.finished_at is not None]
    began = [chunk.started_at for chunk in chunks if chunk.started_at is not None]
    done, planned = len(finished), len(chunks)
    if not finished or not began:
        return HowFar(done, planned, None)
    reached = max(finished)
    return HowFar(done, planned, reached + (reached - min(began)) / done * (planned - done))
