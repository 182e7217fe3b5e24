"""What a person reads names its timezone."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from hotdash.entrypoints.cli.instants import in_utc


def test_an_instant_is_told_in_utc() -> None:
    assert (
        in_utc(datetime(2026, 11, 1, 1, 30, tzinfo=ZoneInfo("Asia/Tokyo")))
        == "2026-10-31 16:30 UTC"
    )
    assert in_utc("2026-11-01T06:00:59.999999Z") == "2026-11-01 06:00 UTC"
    assert in_utc("2026-11-01T06:00:59Z", to_the="seconds") == "2026-11-01 06:00:59 UTC"


def test_what_never_was_is_said_in_other_words() -> None:
    assert (in_utc(None), in_utc(None, "never")) == ("–", "never")


def test_an_instant_of_nowhere_is_refused() -> None:
    with pytest.raises(ValueError, match="no timezone"):
        in_utc(datetime(2026, 11, 1))
