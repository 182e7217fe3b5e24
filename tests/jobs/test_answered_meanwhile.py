"""What happens to a question between the reading of it and the writing, and what a reading knows of ads."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from hotdash.decisions.recommendations.answering import Verdict
from hotdash.decisions.recommendations.contract import Proposal
from hotdash.decisions.recommendations.findings.look_into import LookInto
from hotdash.decisions.recommendations.rules.reorder import Reorder
from hotdash.jobs.recommend import recommend
from hotdash.storage.appdb.repositories.anomalies import LookRecord, keep_anomalies, save_look
from hotdash.storage.appdb.repositories.recommendations import (
    events_of_recommendation,
    find_recommendation,
)
from hotdash.storage.appdb.repositories.signals.reading import Reading, load_reading
from tests.fixtures.kept_anomalies import kept_anomaly
from tests.fixtures.marts import Publisher, mart_row
from tests.fixtures.shops import SeededShop
from tests.fixtures.small_world import NOW, SHOP, hose, replaced, world
from tests.jobs.test_answer_recommendations import given, published, say, waiting

__all__ = ["published"]


class _Answering(Reorder):
    """Somebody puts it off after the job has read what is asked, and before it writes."""

    def __init__(self, published: Publisher) -> None:
        self.published = published

    def propose(self, reading: Reading, now: datetime) -> Iterator[Proposal]:
        yield from super().propose(reading, now)
        say(self.published, "reorder", given(Verdict.SNOOZE, until=NOW + timedelta(days=9)))


def test_what_is_answered_while_it_is_reckoned_stays_as_it_was_answered(
    published: Publisher,
) -> None:
    asked = waiting(published.database, "reorder")
    worse = replaced(world(), "fct_inventory", [hose(units_short=24)])
    published.clock.advance(timedelta(minutes=5))
    published.build(worse)
    recommend(published.database, SHOP, published.clock, {}, [_Answering(published)])
    with published.database.jobs() as session:
        after = find_recommendation(session, SHOP, asked.recommendation_id)
        events = events_of_recommendation(session, SHOP, asked.recommendation_id)
    assert after is not None
    assert (after.status, after.snoozed_until) == ("snoozed", NOW + timedelta(days=9))
    assert [each.event for each in events] == ["proposed", "snoozed"]


class _AnsweringAnomalies(LookInto):
    def __init__(self, published: Publisher) -> None:
        self.published = published

    def propose(self, reading: Reading, now: datetime) -> Iterator[Proposal]:
        yield from super().propose(reading, now)
        say(self.published, "look_into", given(Verdict.SNOOZE, until=NOW + timedelta(days=9)))


def fall(published: Publisher, day: date) -> None:
    with published.database.jobs() as session:
        keep_anomalies(session, [kept_anomaly("revenue", day)], published.clock.now())
        save_look(session, LookRecord(SHOP, None, published.clock.now(), day, 1, {}))


def test_of_a_series_whose_last_one_is_answered_just_now_the_next_one_waits_its_turn(
    published: Publisher,
) -> None:
    fall(published, date(2026, 11, 12))
    recommend(published.database, SHOP, published.clock, {})
    before = waiting(published.database, "look_into")
    published.clock.advance(timedelta(minutes=5))
    fall(published, date(2026, 11, 20))
    recommend(published.database, SHOP, published.clock, {}, [_AnsweringAnomalies(published)])
    with published.database.jobs() as session:
        after = find_recommendation(session, SHOP, before.recommendation_id)
    assert after is not None
    assert after.status == "snoozed"
    recommend(published.database, SHOP, published.clock, {})
    asked = waiting(published.database, "look_into")
    assert asked.recommendation_id != before.recommendation_id
    assert asked.features["day"] == "2026-11-20"


def test_a_day_that_was_not_read_is_told_by_its_platform(
    publisher: Publisher, shop: SeededShop
) -> None:
    """Of the last 28 complete days; what was not read before them is nobody's matter."""
    del shop
    rows = world()
    blank = {"shop_id": SHOP, "channel": "Paid", "campaign": "", "spend": None}
    days = {"meta": date(2026, 11, 9), "google": date(2026, 10, 23)}
    rows["fct_roas"] += [
        mart_row("fct_roas", **blank, platform=name, day=day, currency="USD")
        for name, day in days.items()
    ]
    publisher.build(rows)
    with publisher.database.jobs() as session:
        assert load_reading(session, SHOP, NOW).unread_platforms == {"meta"}
