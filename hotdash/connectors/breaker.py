"""A circuit breaker for one shop and vendor: after calls that failed in a row nobody is asked for a while."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

FAILED_IN_A_ROW = 3
REST_SECONDS = 60.0


@dataclass
class Breaker:
    """Counts calls whose attempts were all used up; one call after the rest decides whether it closes."""

    failures_allowed: int = FAILED_IN_A_ROW
    rest: float = REST_SECONDS
    monotonic: Callable[[], float] = time.monotonic
    failures: int = 0
    _opened_at: float | None = field(default=None, init=False)

    @property
    def seconds_left(self) -> float:
        """How long nobody is to be asked; zero where the next call may go out."""
        if self._opened_at is None:
            return 0.0
        return max(0.0, self.rest - (self.monotonic() - self._opened_at))

    def succeeded(self) -> None:
        self.failures = 0
        self._opened_at = None

    def failed(self) -> None:
        self.failures += 1
        if self.failures >= self.failures_allowed:
            self._opened_at = self.monotonic()
