"""What came of a decision is told of the days it is about, or not at all."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from hotdash.decisions.recommendations.contract import Kind
from hotdash.decisions.recommendations.outcomes import outcome_of
from hotdash.decisions.recommendations.registry import RECOMMENDERS
from hotdash.storage.appdb.repositories.decisions import Measurable, OutcomeRecord
from hotdash.storage.appdb.repositories.signals.reading import (
    BREACHES,
    CAMPAIGNS,
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
