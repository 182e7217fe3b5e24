"""A landing page's week against its own weeks: a peak that is over is no loss, and a small page's noise no news."""

from datetime import date, timedelta

import pytest

from hotdash.insights.anomalies.judge import Level, Limits
from hotdash.insights.anomalies.pages import page_week, since_first, weeks_of

STEADY = [400, 390, 410, 405, 395, 402, 398, 404]


def level(sessions: int, before: list[int]) -> Level | None:
    found = page_week(sessions, before)
    return None if found is None else found.level(Limits())


def test_a_page_that_lost_most_of_its_visitors_rings() -> None:
    assert level(120, STEADY) is Level.ALERT


def test_falling_back_from_one_peak_week_is_no_loss() -> None:
    """47% less than the week before, in which a crawler came, and as much as in every other week."""
    assert level(400, [755, *STEADY]) is None


@pytest.mark.parametrize("sessions", [0, 4, 20])
def test_of_a_page_with_a_dozen_visits_a_week_nothing_is_told(sessions: int) -> None:
    assert level(sessions, [12, 9, 15, 11, 8, 14]) is None


def test_a_restless_page_is_given_more_room() -> None:
    assert level(150, [100, 420, 210, 90, 380, 150, 260, 120]) is None


def test_three_weeks_are_no_history() -> None:
    assert page_week(0, [400, 390, 410]) is None


def test_weeks_before_the_first_visit_say_nothing_and_empty_ones_between_do() -> None:
    assert since_first({0: 5, 3: 8}) == [5, 0, 0, 8]
    assert since_first({}) == []


def test_a_told_week_stands_for_those_that_share_a_day_with_it() -> None:
    last = date(2026, 11, 19)

    told = weeks_of("racing", last, is_told=True)

    assert {each.day for each in told} == {last - timedelta(days=back) for back in range(7)}
    assert {each.day for each in weeks_of("racing", last, is_told=False)} == {last}
