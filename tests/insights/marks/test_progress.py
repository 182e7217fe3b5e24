"""How far a goal is: of the days that are over, and of nothing else."""

from datetime import date
from decimal import Decimal

import pytest

from hotdash.insights.marks.goals import NewGoal, Progress, progress_of, set_goal
from tests.fixtures.marts import Publisher, revenue_day
from tests.fixtures.shops import SeededShop

ROD = "hot-rod-an"
YESTERDAY, TODAY = date(2026, 11, 20), date(2026, 11, 21)


@pytest.fixture
def published(publisher: Publisher, shop: SeededShop) -> Publisher:
    """100.00 yesterday, and 60.00 today by ten in the morning."""
    del shop
    rows = [revenue_day(ROD, YESTERDAY, "100"), revenue_day(ROD, TODAY, "60")]
    publisher.build({"fct_revenue": rows})
    return publisher


def progress(published: Publisher, first: date, last: date) -> Progress:
    now = published.clock.now()
    with published.database.jobs() as session:
        goal = set_goal(session, ROD, NewGoal("revenue", first, last, Decimal(1000)), "ana", now)
        return progress_of(session, goal, now)


def test_what_came_in_today_is_not_set_against_the_days_that_are_over(
    published: Publisher,
) -> None:
    """A tenth of the days and a tenth of the target: with today it would be sixteen hundredths."""
    found = progress(published, YESTERDAY, date(2026, 11, 29))
    assert (found.value, found.days_known) == (100, 1)
    assert found.share == found.share_of_days == Decimal("0.1")
    assert found.is_on_track is True


def test_of_one_that_began_today_nothing_is_known(published: Publisher) -> None:
    found = progress(published, TODAY, date(2026, 11, 30))
    assert (found.value, found.days_known, found.is_on_track) == (None, 0, None)
    assert found.why == "None of its days is over."
