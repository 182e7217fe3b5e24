"""Cut a campaign that costs more than it brings, raise one that brings far more than it costs."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from hotdash.base.money import as_said, in_words
from hotdash.decisions.recommendations import wording
from hotdash.decisions.recommendations.contract import Confidence, Evidence, Kind, Proposal
from hotdash.storage.appdb.repositories.signals.reading import (
    CAMPAIGNS,
    MONTH_DAYS,
    CampaignSignal,
    Reading,
)

FEWEST_DAYS = 14
FEWEST_CLICKS = 50
SURE_FROM_CLICKS = 500
LIKELY_FROM_CLICKS = 100
RAISE_FROM = Decimal(4)
RAISE_BY = Decimal("0.2")
FEWEST_ORDERS = 10
DECIDE_WITHIN = timedelta(days=7)


class Campaign:
    """Last click within the window, orders as the financial truth; only where all spend is known."""

    name = "rules/campaign@1"

    def judges(self, reading: Reading) -> frozenset[Kind]:
        both = (Kind.CUT_CAMPAIGN, Kind.RAISE_CAMPAIGN)
        return frozenset(both if CAMPAIGNS in reading.marts else ())

    def propose(self, reading: Reading, now: datetime) -> Iterator[Proposal]:
        del now
        for each in reading.campaigns:
            if each.revenue is None or not _is_enough(each):
                continue
            if each.revenue < each.spend:
                yield _cut(reading, each, each.revenue)
            elif each.revenue >= each.spend * RAISE_FROM and (each.orders or 0) >= FEWEST_ORDERS:
                yield _raise(reading, each, each.revenue)

    def measure(self, reading: Reading, kind: Kind, subject: str) -> Decimal | None:
        """What it lost, or brought beyond its cost, in 28 days; one that no longer costs loses nothing.

        None where a day of its platform was not read: part of a cost is no smaller cost.
        """
        if kind not in self.judges(reading) or reading.unread_platforms & {"", _platform(subject)}:
            return None
        found = next((each for each in reading.campaigns if _subject(each) == subject), None)
        if found is None:
            return Decimal(0)
        if found.revenue is None or not found.is_known:
            return None
        lost = found.spend - found.revenue
        return lost if kind is Kind.CUT_CAMPAIGN else -lost


def _subject(each: CampaignSignal) -> str:
    return f"campaign:{each.platform}:{each.campaign}"


def _platform(subject: str) -> str:
    return subject.split(":", 2)[1]


def _is_enough(each: CampaignSignal) -> bool:
    return each.is_known and each.days >= FEWEST_DAYS and (each.clicks or 0) >= FEWEST_CLICKS


def _cut(reading: Reading, each: CampaignSignal, revenue: Decimal) -> Proposal:
    lost, currency = each.spend - revenue, reading.currency
    return Proposal(
        kind=Kind.CUT_CAMPAIGN,
        subject=_subject(each),
        title=f"Cut {each.campaign} at {wording.name_of(each.platform)}",
        reason=_told_loss(each, revenue, currency),
        confidence=_confidence(each),
        deadline=_deadline(reading),
        evidence=_evidence(reading, each, Kind.CUT_CAMPAIGN),
        verb="Cut its budget",
        weight=lost,
        magnitude=lost,
        metric="spend_beyond_revenue_28d",
        measured=lost,
        impact_amount=wording.rounded(lost, currency),
        options=[{"option": "pause"}, {"option": "halve"}, {"option": "keep"}],
        features=_features(each, revenue),
    )


def _told_loss(each: CampaignSignal, revenue: Decimal, currency: str) -> str:
    """The loss is that of the amounts as they are said, or the sentence would not add up."""
    cost = as_said(each.spend, currency)
    brought = as_said(revenue, currency, beside=cost)
    return (
        f"It cost {in_words(cost, currency)} in {MONTH_DAYS} days and brought "
        f"{in_words(brought, currency, beside=cost)} from "
        f"{wording.counted(each.orders or 0, 'order')}, "
        f"{in_words(cost - brought, currency, beside=cost)} less than it cost."
    )


def _raise(reading: Reading, each: CampaignSignal, revenue: Decimal) -> Proposal:
    """The impact is what a fifth more spend brings beyond its cost, if the return holds."""
    currency, more = reading.currency, each.spend * RAISE_BY
    gain = (revenue - each.spend) * RAISE_BY
    likely = Confidence.MEDIUM if (each.clicks or 0) >= SURE_FROM_CLICKS else Confidence.LOW
    return Proposal(
        kind=Kind.RAISE_CAMPAIGN,
        subject=_subject(each),
        title=f"Spend more on {each.campaign} at {wording.name_of(each.platform)}",
        reason=f"It brought {wording.times(revenue / each.spend)} times the "
        f"{in_words(each.spend, currency)} it cost in {MONTH_DAYS} days. A fifth more, "
        f"{in_words(more, currency)}, would bring {in_words(gain, currency)} beyond its cost "
        "if the return holds.",
        confidence=likely,
        deadline=_deadline(reading),
        evidence=_evidence(reading, each, Kind.RAISE_CAMPAIGN),
        verb="Raise its budget by a fifth",
        weight=gain,
        magnitude=gain,
        metric="revenue_beyond_spend_28d",
        measured=revenue - each.spend,
        impact_amount=wording.rounded(gain, currency),
        options=[{"option": "raise by 20%"}, {"option": "keep"}],
        features=_features(each, revenue),
    )


def _deadline(reading: Reading) -> datetime:
    return wording.end_of(reading.last_complete(CAMPAIGNS) + DECIDE_WITHIN, reading.timezone)


def _evidence(reading: Reading, each: CampaignSignal, kind: Kind) -> list[Evidence]:
    return [
        wording.signals_of(reading, "Cost and return", kind, _subject(each)),
        wording.query_of(reading, "Return by campaign", "roas", "campaign", each.campaign),
    ]


def _confidence(each: CampaignSignal) -> Confidence:
    clicks = each.clicks or 0
    if clicks >= SURE_FROM_CLICKS:
        return Confidence.HIGH
    return Confidence.MEDIUM if clicks >= LIKELY_FROM_CLICKS else Confidence.LOW


def _features(each: CampaignSignal, revenue: Decimal) -> dict[str, str | int | None]:
    return {
        "platform": each.platform,
        "campaign": each.campaign,
        "spend_28d": f"{each.spend:f}",
        "revenue_28d": f"{revenue:f}",
        "clicks": each.clicks,
        "orders": each.orders,
        "days": each.days,
    }
