"""Waiting as long as a vendor says: its limits are waited out, and nobody is asked while they last."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from hotdash.base.errors import HotdashError
from hotdash.connectors.calling import Caller, Measured, VendorUnavailableError

Answer = TypeVar("Answer")

# Vendors count by the hour: who may not go on within one is better asked by a later run.
LONGEST_WAIT = timedelta(hours=1)
FIRST_WAIT = timedelta(seconds=30)
# A vendor that says "at once" each time would be hammered without an end.
MOST_IN_A_ROW = 100


class ThrottledError(HotdashError):
    """The vendor wants to be asked later: after so many seconds, where it said so."""

    code = "throttled"

    def __init__(self, said: str, wait: float | None = None) -> None:
        super().__init__(said, hint="It is asked again by itself.")
        self.wait = wait


@dataclass(frozen=True)
class Patience:
    """What one call may wait in all. A wait that would take longer ends the read at once."""

    caller: Caller
    longest: timedelta = LONGEST_WAIT
    first: timedelta = FIRST_WAIT

    def call(self, operation: str, exchange: Callable[[Measured], Answer]) -> Answer:
        """The answer, however often the vendor throttles meanwhile."""
        waited, throttled = 0.0, 0
        while True:
            try:
                return self.caller.call(operation, exchange)
            except ThrottledError as error:
                doubled = self.first.total_seconds() * 2**throttled
                wait = doubled if error.wait is None else error.wait
                throttled += 1
                waited += wait
                if waited > self.longest.total_seconds() or throttled > MOST_IN_A_ROW:
                    raise self._postponed(operation, error.message, wait) from error
            self.caller.sleep(wait)

    def rest(self, operation: str, seconds: float) -> None:
        """Before the next call, where the vendor says that its limit is nearly or wholly used up."""
        if seconds > self.longest.total_seconds():
            raise self._postponed(operation, "its limit is used up", seconds)
        if seconds > 0:
            self.caller.sleep(seconds)

    def _postponed(self, operation: str, said: str, wait: float) -> VendorUnavailableError:
        return VendorUnavailableError(
            f"{self.caller.vendor} throttles {operation} of {self.caller.shop_id}: {said}",
            hint=f"It wants to be asked again in {wait / 60:.0f} minutes. "
            "Nothing is lost; a later run goes on.",
        )
