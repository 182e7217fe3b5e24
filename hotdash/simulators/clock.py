"""The simulated vendor's own time: it runs with the machine's or stands until it is moved."""

import time
from datetime import UTC, datetime, timedelta


class SimulatedClock:
    def __init__(self, starts_at: datetime, *, frozen: bool) -> None:
        self._frozen = frozen
        self.set(starts_at)

    def now(self) -> datetime:
        passed = 0.0 if self._frozen else time.monotonic() - self._set_at
        return self._instant + timedelta(seconds=passed)

    def set(self, instant: datetime) -> None:
        self._instant = instant.astimezone(UTC)
        self._set_at = time.monotonic()

    def advance(self, by: timedelta) -> None:
        self.set(self.now() + by)
