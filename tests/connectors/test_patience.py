"""What one call may wait: as long as the vendor says, but neither for ever nor without an end."""

from datetime import UTC, datetime

import pytest

from hotdash.base.clock import FixedClock
from hotdash.connectors.calling import Caller, Measured, VendorUnavailableError
from hotdash.connectors.patience import MOST_IN_A_ROW, Patience, ThrottledError
from hotdash.connectors.spec import Access


def test_a_vendor_that_always_says_at_once_is_not_asked_for_ever() -> None:
    clock = FixedClock(datetime(2026, 11, 20, tzinfo=UTC))
    asked: list[int] = []
    patience = Patience(Caller.of("told", Access("shop", {}, clock, sleep=lambda _: None)))

    def exchange(_measured: Measured) -> None:
        asked.append(1)
        if len(asked) > 10 * MOST_IN_A_ROW:
            raise AssertionError("it is asked without an end")
        raise ThrottledError("later", 0.0)

    with pytest.raises(VendorUnavailableError, match="throttles days of shop"):
        patience.call("days", exchange)
    assert len(asked) == MOST_IN_A_ROW + 1
