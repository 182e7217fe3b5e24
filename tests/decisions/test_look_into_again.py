"""A question about an anomaly that comes back: what was said of one says nothing of the next, and no matter is lost."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from hotdash.decisions.recommendations.contract import Kind
from hotdash.decisions.recommendations.findings.look_into import LookInto
from hotdash.decisions.recommendations.settle import Key, Proposed, Settled, settle
from hotdash.storage.appdb.repositories.recommendations import RecommendationRecord
from hotdash.storage.appdb.repositories.signals.found import AnomalySignal
from tests.decisions.recommendations_given import NOW, proposal, reading
from tests.decisions.test_look_into import DAY, anomaly

LATER = NOW + timedelta(hours=1)
WITHOUT_SOURCES = frozenset(Kind) - {Kind.FIX_SOURCE}


def asked(*anomalies: AnomalySignal) -> list[Proposed]:
    told = replace(reading(), looked_to=DAY, anomalies=anomalies)
    return [Proposed("anomalies/look_into@1", each) for each in LookInto().propose(told, NOW)]


def run(
    proposed: Sequence[Proposed],
    *known: RecommendationRecord,
    now: datetime = LATER,
    judged: frozenset[Kind] = frozenset(Kind),
) -> Settled:
    by_key: dict[Key, RecommendationRecord] = {(each.kind, each.subject): each for each in known}
    begun = {(each.kind, each.subject, each.period) for each in known}
    return settle(reading(now), by_key, begun, proposed, judged, now)


def opened(proposed: Sequence[Proposed], **more: Any) -> RecommendationRecord:
    [record] = run(proposed, now=NOW).opened
    return replace(record, **more)


OLD = anomaly("revenue", money=Decimal(-300))
NEW = anomaly("revenue", money=Decimal(-900), day=DAY + timedelta(days=8))


class TestAnotherAnomalyOfTheSeries:
    @pytest.mark.parametrize("answer", ["approved", "rejected"])
    def test_is_asked_at_once_after_an_answer_about_the_one_before(self, answer: str) -> None:
        """As far off as that one by its figure, and worth three times as much."""
        last = opened(asked(OLD), status=answer, closed_at=NOW)
        [record] = run(asked(NEW), last).opened
        assert (record.status, record.impact_amount) == ("open", 900)
        assert not run(asked(OLD), last).opened, "the same one stays answered"

    def test_is_not_put_off_with_the_one_before(self) -> None:
        until = NOW + timedelta(days=9)
        asleep = opened(asked(OLD), status="snoozed", snoozed_until=until)
        gone = replace(asleep, status="expired", closed_at=NOW)
        assert [each.status for each in run(asked(NEW), gone).opened] == ["open"]
        assert [each.status for each in run(asked(NEW), asleep).opened] == ["open"]
        assert [each.status for each in run(asked(OLD), asleep).kept] == ["snoozed"]

    def test_is_no_answer_of_who_has_the_one_before_on_their_page(self) -> None:
        """By the id that stands there an answer would be said of what they never saw, which was due before it began."""
        waiting = opened(asked(OLD))
        found_at = NOW + timedelta(days=8)
        done = run(asked(replace(NEW, found_at=found_at)), waiting, now=found_at)
        [record] = done.opened
        assert record.recommendation_id != waiting.recommendation_id
        assert (record.opened_at, record.deadline) == (found_at, found_at + timedelta(days=1))
        assert [each.status for each in done.expired] == ["expired"]
        assert not done.kept


class TestAnotherThatLeads:
    ORDERS = anomaly("orders")
    REVENUE = anomaly("revenue", moved=("orders",))

    def test_takes_the_question_over_without_its_being_ignored(self) -> None:
        done = run(asked(self.ORDERS, self.REVENUE), opened(asked(self.ORDERS)))
        assert [each.subject for each in done.opened] == ["anomaly:revenue"]
        [event] = [each for each in done.events if each.event == "expired"]
        assert event.detail == {"ignored": False}

    def test_stays_put_off(self) -> None:
        until = NOW + timedelta(days=5)
        put_off = {"status": "snoozed", "snoozed_until": until}
        before = opened(asked(self.ORDERS), snoozed_magnitude=Decimal("4.5"), **put_off)
        [record] = run(asked(self.ORDERS, self.REVENUE), before).opened
        assert (record.subject, record.status) == ("anomaly:revenue", "snoozed")
        assert (record.snoozed_until, record.snoozed_magnitude) == (until, Decimal("4.5"))

    def test_wakes_where_it_is_clearly_worse(self) -> None:
        put_off = {"status": "snoozed", "snoozed_until": NOW + timedelta(days=5)}
        before = opened(asked(self.ORDERS), snoozed_magnitude=Decimal("4.5"), **put_off)
        worse = replace(self.REVENUE, z=Decimal("-6.75"))
        assert [each.status for each in run(asked(self.ORDERS, worse), before).opened] == ["open"]


class TestWhereSourcesAreNotJudged:
    """A look and a backfill do not know when a source is stale."""

    SOURCE = proposal("source:shopify", kind=Kind.FIX_SOURCE)

    def test_the_rule_that_is_asked_already_still_speaks_for_it(self) -> None:
        waiting = opened([self.SOURCE])
        done = run(asked(anomaly("revenue")), waiting, judged=WITHOUT_SOURCES)
        assert (done.opened, [each.kind for each in done.kept]) == ([], ["fix_source"])
        asleep = replace(waiting, status="snoozed", snoozed_until=NOW + timedelta(days=2))
        assert not run(asked(anomaly("revenue")), asleep, judged=WITHOUT_SOURCES).opened

    def test_as_one_that_was_just_answered_does(self) -> None:
        answered = opened([self.SOURCE], status="approved", closed_at=NOW)
        ringing = asked(anomaly("revenue"))
        assert not run(ringing, answered, judged=WITHOUT_SOURCES).opened
        after = NOW + timedelta(days=1)
        assert run(ringing, answered, now=after, judged=WITHOUT_SOURCES).opened

    def test_it_speaks_no_more_where_it_is_judged_and_over(self) -> None:
        done = run(asked(anomaly("revenue")), opened([self.SOURCE]))
        assert [each.kind for each in done.opened] == ["look_into"]
