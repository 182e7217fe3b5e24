"""What came of a decision is told of the days it is about, or not at all."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from hotdash.decisions.recommendations.contract import Kind
from hotdash.decisions.recommendations.outcomes import LeftAlone, outcome_of
from hotdash.decisions.recommendations.registry import RECOMMENDERS
from hotdash.decisions.recommendations.rules.reorder import Reorder
from hotdash.storage.appdb.repositories.decisions import Measurable, OutcomeRecord
from hotdash.storage.appdb.repositories.signals.reading import (
    BREACHES,
    CAMPAIGNS,
    INVENTORY,
    TALKS,
    CampaignSignal,
    Reading,
)
from tests.decisions.recommendations_given import NOW, reading

SPRING = Measurable(
    UUID(int=1),
    NOW,
    Kind.CUT_CAMPAIGN.value,
    "campaign:meta:Spring",
    "spend_beyond_revenue_28d",
    Decimal(700),
)
REPLY = Measurable(
    UUID(int=2),
    NOW,
    Kind.REPLY.value,
    "conversations:breached",
    "open_past_promise",
    Decimal(3),
)


def of_campaigns(known_to: datetime, now: datetime) -> Reading:
    """It cost 300 and brought 100."""
    signal = CampaignSignal("meta", "Spring", Decimal(300), Decimal(100), 90, 2, 28, is_known=True)
    return replace(reading(now), marts={CAMPAIGNS: known_to}, campaigns=[signal])


def told(asked: Measurable, found: Reading) -> OutcomeRecord | None:
    return outcome_of(asked, found, RECOMMENDERS, found.now)


class TestOfMartsThatAreHeldBack:
    def test_nothing_is_told_of_days_that_are_not_known_yet(self) -> None:
        now = NOW + timedelta(days=28)
        assert told(SPRING, of_campaigns(NOW + timedelta(days=3), now)) is None

    def test_nor_is_it_given_up_however_long_the_mart_stands_still(self) -> None:
        now = NOW + timedelta(days=90)
        assert told(SPRING, replace(of_campaigns(NOW, now), campaigns=[])) is None

    def test_the_span_is_the_one_that_was_measured(self) -> None:
        late = NOW + timedelta(days=33)
        made = told(SPRING, of_campaigns(late, late))
        assert made is not None
        assert made.verdict == "better"
        assert made.sentence == "spend_beyond_revenue_28d was 700 and is 200 33 days later."

    @pytest.mark.parametrize("mart", [BREACHES, TALKS])
    def test_all_marts_it_stands_in_are_waited_for(self, mart: str) -> None:
        now = NOW + timedelta(days=2)
        both = {BREACHES: now, TALKS: now}
        assert told(REPLY, replace(reading(now), marts=both)) is not None
        assert told(REPLY, replace(reading(now), marts=both | {mart: NOW})) is None


class TestOfACampaign:
    NOW = NOW + timedelta(days=28)

    def test_part_of_a_cost_is_no_smaller_cost(self) -> None:
        found = of_campaigns(self.NOW, self.NOW)
        assert told(SPRING, replace(found, unread_platforms=frozenset({"meta"}))) is None
        [signal] = found.campaigns
        unknown = replace(found, campaigns=[replace(signal, is_known=False)])
        assert told(SPRING, unknown) is None

    def test_another_platform_that_was_not_read_holds_up_nothing(self) -> None:
        found = of_campaigns(self.NOW, self.NOW)
        made = told(SPRING, replace(found, unread_platforms=frozenset({"google"})))
        assert made is not None
        assert made.after == 200

    def test_one_that_no_longer_costs_loses_nothing_where_all_days_were_read(self) -> None:
        gone = replace(of_campaigns(self.NOW, self.NOW), campaigns=[])
        made = told(SPRING, gone)
        assert made is not None
        assert made.after == 0

    @pytest.mark.parametrize("unread", ["meta", ""])
    def test_one_that_vanished_because_nobody_read_it_is_not_told(self, unread: str) -> None:
        gone = replace(of_campaigns(self.NOW, self.NOW), campaigns=[])
        assert told(SPRING, replace(gone, unread_platforms=frozenset({unread}))) is None


class TestBesideABaseline:
    """700 were lost, now 200 are; of those left alone a loss became 1.2, 0.2 and 0.1 of what it was."""

    NOW = NOW + timedelta(days=28)
    CUT = Kind.CUT_CAMPAIGN.value

    def made(self, told_of: Measurable, *ratios: str) -> OutcomeRecord:
        alone = LeftAlone.of([(self.CUT, Decimal(10), 10 * Decimal(each)) for each in ratios])
        found = of_campaigns(self.NOW, self.NOW)
        made = outcome_of(told_of, found, RECOMMENDERS, self.NOW, alone)
        assert made is not None
        return made

    def test_of_three_that_were_left_alone_the_middle_one_counts(self) -> None:
        made = self.made(SPRING, "1.2", "0.2", "0.1")
        assert (made.baseline, made.compared_with, made.worked) == (Decimal(140), 3, False)
        assert made.sentence.endswith("By 3 that were left alone it would be 140.")
        # It fell, and less than by itself: which way it went and whether it worked are two things.
        assert made.verdict == "better"

    def test_two_say_nothing(self) -> None:
        made = self.made(SPRING, "0.2", "0.1")
        assert (made.baseline, made.compared_with, made.worked) == (Decimal(700), 0, True)

    def test_what_was_left_alone_worked_neither_way(self) -> None:
        made = self.made(replace(SPRING, is_done=False), "1.2", "0.2", "0.1")
        assert (made.baseline, made.compared_with, made.worked) == (None, None, None)
        assert made.verdict == "better"

    @pytest.mark.parametrize(
        ("before", "short", "worked"),
        [(90, 0, True), (90, 1, False), (0, 0, None), (0, 1, False)],
    )
    def test_a_reorder_worked_where_nothing_is_short_any_more(
        self, before: int, short: int, worked: bool | None
    ) -> None:
        """However much less is short than before: the item still runs out. Where nothing was short nothing is proven."""
        asked = Measurable(
            *(UUID(int=3), NOW, Kind.REORDER.value, "item:1", "units_short", Decimal(before))
        )
        now = NOW + timedelta(days=21)

        class Stock(Reorder):
            def measure(self, reading: Reading, kind: Kind, subject: str) -> Decimal:
                return Decimal(short)

        found = replace(reading(now), marts={INVENTORY: now})
        made = outcome_of(asked, found, [Stock()], now)
        assert made is not None
        assert made.worked is worked

    def test_an_anomaly_that_was_ended_was_not_left_alone(self) -> None:
        """Explained in place of being given to somebody it became nothing at once."""
        anomaly = Kind.LOOK_INTO.value
        alone = LeftAlone.of([(anomaly, Decimal(1), Decimal(0))] * 3)
        assert alone.baseline(anomaly, Decimal(1)) == (Decimal(1), 0)
