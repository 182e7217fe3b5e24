"""What is said of a campaign adds up as it is said."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from hotdash.decisions.recommendations.rules.campaign import Campaign
from hotdash.storage.appdb.repositories.signals.reading import CAMPAIGNS, CampaignSignal
from tests.decisions.test_outcomes import reading

NOW = datetime(2026, 11, 5, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cost", "brought", "said"),
    [
        # 1,200.50 is said as 1,201; 1,201 less 900 is 301, though 300.10 was lost.
        ("1200.50", "900.40", ("It cost $1,201", "brought $900 from 2 orders", "$301 less")),
        ("950.00", "900.40", ("It cost $950.00", "brought $900.40 from 2 orders", "$49.60 less")),
    ],
)
def test_a_loss(cost: str, brought: str, said: tuple[str, ...]) -> None:
    signal = CampaignSignal(
        "meta", "Spring", Decimal(cost), Decimal(brought), 90, 2, 28, is_known=True
    )
    found = replace(reading(NOW), marts={CAMPAIGNS: NOW}, campaigns=[signal])
    [proposal] = Campaign().propose(found, NOW)
    assert [each for each in said if each not in proposal.reason] == []
