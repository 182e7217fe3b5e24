"""What stands above the tiles when there is nothing worse to say."""

from datetime import date

from hotdash.entrypoints.web.pages.today_view import changed
from hotdash.insights.metrics.definition import Metric
from hotdash.insights.metrics.registry import registry

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
