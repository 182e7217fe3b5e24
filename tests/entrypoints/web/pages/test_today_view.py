"""What stands above the tiles when there is nothing worse to say."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from hotdash.base.ids import new_id
from hotdash.entrypoints.web.pages.asked_view import AskedView
from hotdash.entrypoints.web.pages.today_view import (
    DecisionView,
    backfilling,
    changed,
    not_asked,
)
from hotdash.insights.metrics.definition import Metric
from hotdash.insights.metrics.registry import registry
from hotdash.insights.tiles.state import Reprocessing

DAY = date(2026, 12, 1)


def test_a_changed_number_is_told_for_a_week() -> None:
    revenue = registry().get("revenue").model_dump()
    entry = {"version": 1, "date": DAY, "change": "Tips are in it.", "approved_by": "owner"}
    broken = entry | {"is_fix": True, "is_breaking": True}
    metric = Metric.model_validate(revenue | {"changelog": [*revenue["changelog"], broken]})

    banner = changed(metric, date(2026, 12, 7))

    assert banner is not None
    assert (banner.title, banner.text) == ("Revenue changed on 1 Dec.", "Tips are in it.")
    assert changed(metric, date(2026, 12, 8)) is None


BEGAN = datetime(2026, 12, 1, 17, 5, tzinfo=UTC)
SEVEN = (date(2026, 11, 24), date(2026, 11, 30))


@pytest.mark.parametrize(
    ("share", "minutes", "told"),
    [
        (None, None, ""),
        ("0", None, " 0% is done."),
        ("0.2599", 40, " 25% is done, about 40 minutes left."),
        ("0.99", 0.5, " 99% is done, about a minute left."),
        ("0.5", -3, " 50% is done, about a minute left."),
        ("0.1", 300, " 10% is done, about 5 hours left."),
    ],
)
def test_a_backfill_says_which_days_how_far_and_how_long(
    share: str | None, minutes: float | None, told: str
) -> None:
    ends = None if minutes is None else BEGAN + timedelta(minutes=minutes)
    running = Reprocessing("", BEGAN, SEVEN, None if share is None else Decimal(share), ends)
    banner = backfilling(running, SEVEN, BEGAN, "America/New_York")
    assert banner.title == "Numbers of 24 Nov – 30 Nov 2026 are provisional."
    assert banner.text == f"These days are being computed anew since 1 Dec, 12:05.{told}"


def test_what_is_recommended_is_not_pointed_at_once_more() -> None:
    told = ("Answer 2 conversations", "2 are open.", "Approve", "", "High", "now", ())
    asked = AskedView(
        new_id(), *told, needs_assignee=False, put_off_until=None, options=(), units=None
    )
    twice = DecisionView("Answer 2 conversations", "First reply time: 14 h.")
    other = DecisionView("View 22 late orders", "On-time rate: 75%.")
    assert list(not_asked([twice, other], [asked])) == [other]
    assert list(not_asked([twice, other], [])) == [twice, other]
