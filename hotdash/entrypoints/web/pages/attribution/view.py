"""The channels of a shop as a table, what is said about it, and what platforms claim beside it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from hotdash.entrypoints.web import formatting
from hotdash.entrypoints.web.pages.attribution.state import State
from hotdash.entrypoints.web.pages.today_view import Choice
from hotdash.insights.attribution import texts
from hotdash.insights.attribution.channels import (
    NOWHERE,
    ChannelCredits,
    CreditedOrder,
    LinkProblem,
    Split,
    Sums,
)
from hotdash.insights.attribution.compare import ComparedCampaign, Comparison
from hotdash.insights.attribution.reasons import SINGLE, WINDOWS
from hotdash.insights.attribution.windows import CreditWindows

MOST_ROWS = 100
PLATFORMS = {"meta": "Meta", "google": "Google"}
_TIMES = "×"


@dataclass(frozen=True, slots=True)
class RowView:
    """width is of a hundred: how much of all revenue it is credited with."""

    channel: str
    campaign: str
    orders: str
    revenue: str
    share: str
    width: int
    spend: str
    roas: str
    customers: str
    cac: str
    orders_url: str


@dataclass(frozen=True, slots=True)
class OrderRow:
    order: int
    url: str
    at: str
    revenue: str
    credited: str
    channels: str


@dataclass(frozen=True, slots=True)
class ClaimView:
    """What a platform claims beside what orders say; a gap that cannot be told says why."""

    day: str
    platform: str
    campaign: str
    orders: str
    revenue: str
    claimed: str
    claimed_value: str
    gap: str


@dataclass(frozen=True, slots=True)
class LinkView:
    problem: str
    source: str
    medium: str
    campaign: str
    counts_as: str
    channel: str
    touches: str
    days: str


def model_choices(chosen: str) -> list[Choice]:
    return [Choice(name, title, name == chosen) for name, title in texts.TITLES.items()]


def window_choices(state: State, decided: CreditWindows) -> list[Choice]:
    """None where the credit is shared: its shares are computed with the window that was decided."""
    if state.model not in SINGLE:
        return []
    days = decided_days(state.model, decided)
    own = [Choice("", f"{_days(days)} (decided)", state.window is None)]
    return own + [
        Choice(str(each), _days(each), each == state.window) for each in WINDOWS if each != days
    ]


def decided_days(model: str, decided: CreditWindows) -> int:
    return decided.lookback_days if model == "first_click" else decided.click_days


def split_choices(chosen: Split) -> list[Choice]:
    return [Choice(each.value, f"By {each.value}", each is chosen) for each in Split]


def row_views(found: ChannelCredits, state: State) -> list[RowView]:
    rows = list(found.rows.items())[:MOST_ROWS]
    whole, currency = found.total.amount, found.shop.currency
    return [
        _row(channel, _campaign(channel, platform, campaign), each, whole, currency, state)
        for (channel, platform, campaign), each in rows
    ]


def total_view(found: ChannelCredits, state: State) -> RowView:
    total = found.total
    row = _row("All orders", "", total, total.amount, found.shop.currency, state)
    return replace(row, cac=formatting.MISSING)


def _row(
    channel: str, campaign: str, each: Sums, whole: Decimal, currency: str, state: State
) -> RowView:
    share = each.amount / whole if whole > 0 else None
    return RowView(
        channel=channel,
        campaign=campaign,
        orders=formatting.number(each.orders),
        revenue=formatting.money(each.amount, currency),
        share=formatting.percent(share),
        width=0 if share is None else max(0, min(100, round(share * 100))),
        spend=_spend(each, currency),
        roas=times(each.roas),
        customers=formatting.number(each.new_customers),
        cac=formatting.money(each.cac, currency),
        orders_url=f"{state.but(channel=channel, before=None).url}#orders",
    )


def _spend(each: Sums, currency: str) -> str:
    if each.spend is None:
        return formatting.MISSING
    told = formatting.money(each.spend, currency)
    return f"{told} known" if each.unread else told


def _campaign(channel: str, platform: str, campaign: str) -> str:
    if campaign:
        return campaign
    if channel == NOWHERE:
        return ""
    return "no single campaign" if platform else "none named"


def times(ratio: Decimal | None) -> str:
    return formatting.MISSING if ratio is None else f"{formatting.number(ratio)}{_TIMES}"


def notes(found: ChannelCredits) -> list[str]:
    """What the model means, and what the numbers leave out."""
    model, decided = found.asked.model, found.decided
    told = [f"{texts.TITLES[model]}: {texts.MODELS[model]}"]
    if model == "last_click":
        told = [texts.LAST_CLICK.format(days=found.asked.days or decided.click_days)]
    if found.asked.days is not None:
        days = decided_days(model, decided)
        told.append(texts.WINDOWED.format(days=found.asked.days, decided=days))
    if found.total.unread:
        told.append(
            "An ad account was not read on some of these days: ROAS and CAC leave these days of it out, "
            "with their cost and with their orders."
        )
    if any(each.spend for each in found.rows.values()):
        told.append(
            "ROAS is what came back for one unit of spend. CAC is the spend of the channel for each new "
            "customer it is credited with; of all new customers together it is above."
        )
    return [*told, texts.DIRECTIONAL, texts.DEVICES]


def order_rows(
    found: Iterable[CreditedOrder], state: State, currency: str, timezone: str
) -> list[OrderRow]:
    return [
        OrderRow(
            each.order_id,
            state.order_url(each.order_id),
            formatting.shop_time(each.processed_at, timezone),
            formatting.money(each.revenue, currency),
            formatting.money(each.amount, currency),
            each.channels,
        )
        for each in found
    ]


def claims_by_campaign(found: Comparison) -> list[ClaimView]:
    """Each campaign over all days; what was not read on one of them is not known of all."""
    grouped: dict[tuple[str, str], list[ComparedCampaign]] = {}
    for row in found.rows:
        grouped.setdefault((row.platform, row.campaign), []).append(row)
    ordered = sorted(grouped.items(), key=lambda each: (-_revenue(each[1]), each[0]))
    return [_claim("", rows) for _, rows in ordered]


def claims_by_day(rows: Sequence[ComparedCampaign]) -> list[ClaimView]:
    return [_claim(formatting.day_with_year(row.day), [row]) for row in rows]


def _revenue(rows: Iterable[ComparedCampaign]) -> Decimal:
    return sum((row.revenue for row in rows), Decimal(0))


def _claim(day: str, rows: Sequence[ComparedCampaign]) -> ClaimView:
    first = rows[0]
    currency, revenue = first.currency, _revenue(rows)
    claimed = _whole([row.claimed_purchases for row in rows])
    value = _whole([row.claimed_value for row in rows])
    gap = None if value is None else value - revenue
    plus = "+" if gap is not None and gap > 0 else ""
    return ClaimView(
        day=day,
        platform=PLATFORMS.get(first.platform, first.platform),
        campaign=first.campaign or "no single campaign",
        orders=formatting.count(sum(row.orders for row in rows)),
        revenue=formatting.money(revenue, currency),
        claimed="not known" if claimed is None else formatting.number(claimed),
        claimed_value="not known" if value is None else formatting.money(value, currency),
        gap="not known" if gap is None else f"{plus}{formatting.money(gap, currency)}",
    )


def _whole(told: Sequence[Decimal | None]) -> Decimal | None:
    known = [each for each in told if each is not None]
    return sum(known, Decimal(0)) if len(known) == len(told) else None


def link_views(found: Iterable[LinkProblem]) -> list[LinkView]:
    return [
        LinkView(
            problem=each.problem,
            source=each.utm_source or formatting.MISSING,
            medium=each.utm_medium or formatting.MISSING,
            campaign=each.utm_campaign or formatting.MISSING,
            counts_as=f"{each.source} / {each.medium}",
            channel=each.channel,
            touches=formatting.count(each.touches),
            days=formatting.day_span(each.first_day, each.last_day),
        )
        for each in found
    ]


def _days(days: int) -> str:
    return "1 day" if days == 1 else f"{days} days"
