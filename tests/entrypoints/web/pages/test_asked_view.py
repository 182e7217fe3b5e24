"""Until when something is due, as people say it."""

from datetime import UTC, date, datetime

import pytest

from hotdash.decisions.recommendations.contract import Evidence, Kind
from hotdash.decisions.recommendations.settle import settle
from hotdash.decisions.recommendations.wording import end_of
from hotdash.entrypoints.web.pages.asked_view import asked_view
from tests.decisions.recommendations_given import NOW, proposal, reading

ANGELES = "America/Los_Angeles"


@pytest.mark.parametrize(
    ("deadline", "told"),
    [
        (end_of(date(2026, 11, 26), ANGELES), "by 26 Nov"),
        (end_of(date(2026, 11, 21), ANGELES), "by 23:59 today"),
        (datetime(2026, 11, 21, 21, 30, tzinfo=UTC), "by 13:30 today"),
        (datetime(2026, 11, 27, 8, 0, 1, tzinfo=UTC), "by 27 Nov"),
        (NOW, "due now"),
    ],
)
def test_the_end_of_a_day_is_of_that_day(deadline: datetime, told: str) -> None:
    [record] = settle(reading(), {}, (), [proposal(deadline=deadline)], (), NOW).opened
    assert asked_view(record, ANGELES, NOW).deadline == told


def test_an_anomaly_is_given_to_somebody_or_is_one_of_two_things() -> None:
    given = proposal(
        kind=Kind.LOOK_INTO, evidence=[Evidence("Around it", "/api/v1/anomalies/1?shop=hot-rod-an")]
    )
    [record] = settle(reading(), {}, (), [given], (), NOW).opened
    shown = asked_view(record, ANGELES, NOW)
    assert shown.needs_assignee
    assert [each.value for each in shown.endings] == ["false alarm", "explained"]
    assert shown.evidence[0].url == "/anomalies/1?shop=hot-rod-an"
