"""Children that are kept alive: one that crashes is started again, later each time, until it stays."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Generic, Protocol, Self, TypeVar

from hotdash.base.logging import get_logger

FIRST_DELAY = 1.0
LONGEST_DELAY = 60.0
# Whoever lived so long did not crash at its start.
STAYED_SECONDS = 60.0
_LOOK_SECONDS = 0.2

_log = get_logger(__name__)


class Kept(Protocol):
    def exit_code(self) -> int | None: ...
    def end(self) -> None: ...


Child = TypeVar("Child", bound=Kept, covariant=True)


@dataclass
class BackOff:
    """How long to wait before the next start, told how long the last life was."""

    crashes: int = 0

    def after(self, lived: float) -> float:
        if lived >= STAYED_SECONDS:
            self.crashes = 0
        delay = min(LONGEST_DELAY, FIRST_DELAY * 2.0**self.crashes)
        self.crashes = min(self.crashes + 1, 10)
        return delay


@dataclass(frozen=True)
class Plan(Generic[Child]):
    name: str
    start: Callable[[], Child]
    log: Path


@dataclass
class _Life:
    plan: Plan[Kept]
    child: Kept
    since: float
    back_off: BackOff = field(default_factory=BackOff)
    again_at: float | None = None


def _untold(sentence: str) -> None:
    del sentence


class Supervisor:
    """Whatever ends it ends every child, the last started first."""

    def __init__(
        self,
        tell: Callable[[str], None] = _untold,
        clock: Callable[[], float] = time.monotonic,
        pause: Callable[[float], None] = time.sleep,
    ) -> None:
        self._tell = tell
        self._clock = clock
        self._pause = pause
        self._lives: list[_Life] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        for life in reversed(self._lives):
            life.child.end()

    def start(self, plans: Sequence[Plan[Kept]]) -> None:
        for plan in plans:
            self._lives.append(_Life(plan, plan.start(), self._clock()))

    def adopt(self, plan: Plan[Kept], child: Kept) -> None:
        """One that runs already, and that the plan starts again."""
        self._lives.append(_Life(plan, child, self._clock()))

    def keep(self) -> None:
        """For ever: the way out is an interrupt or a termination."""
        while True:
            self.look()
            self._pause(_LOOK_SECONDS)

    def look(self) -> None:
        for life in self._lives:
            self._look_at(life)

    def _look_at(self, life: _Life) -> None:
        code, now = life.child.exit_code(), self._clock()
        if code is None:
            return
        if life.again_at is None:
            delay = life.back_off.after(now - life.since)
            life.again_at = now + delay
            _log.error("child_ended", child=life.plan.name, code=code, again_in=delay)
            self._tell(
                f"The {life.plan.name} ended with exit code {code}; it is started again in "
                f"{delay:.0f} s. See {life.plan.log}."
            )
        elif now >= life.again_at:
            life.child, life.since, life.again_at = life.plan.start(), now, None
