"""Insights as Meta tells them: numbers as texts, purchases per window, nothing where there is nothing."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from hotdash.base.money import minor_digits
from hotdash.simulators.ad_claims import Claim
from hotdash.simulators.ad_days import AdDay, AdWorld
from hotdash.simulators.journeys import LONGEST_JOURNEY
from hotdash.simulators.meta_ads.asked import AskedInsights

# The same purchase is told under each of these: who adds them up counts it three times.
_PURCHASE_TYPES = ("omni_purchase", "purchase", "offsite_conversion.fb_pixel_purchase")
_CLICK_WINDOWS = {
    "1d_click": timedelta(days=1),
    "7d_click": timedelta(days=7),
    "28d_click": timedelta(days=28),
}
_VIEW = "1d_view"
_DEFAULT_SETTING = ("7d_click", _VIEW)


@dataclass
class _Sold:
    """Purchases and minor units of their value, per attribution window."""

    count: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    value: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def add(self, claim: Claim) -> None:
        for window in _windows_of(claim):
            self.count[window] += 1
            self.value[window] += claim.value


def _windows_of(claim: Claim) -> list[str]:
    if claim.is_view:
        return [_VIEW]
    return [name for name, longest in _CLICK_WINDOWS.items() if claim.age <= longest]


def insight_rows(
    world: AdWorld, asked: AskedInsights, now: datetime, state_of: dict[int, str]
) -> list[dict[str, Any]]:
    """`state_of` tells each campaign's effective status: those not asked for are left out."""
    days = world.days(asked.first, asked.last, now)
    sold = _sold(world, asked, now)
    shown = [
        each
        for each in days
        if asked.level == "account" or state_of[each.campaign.campaign_id] in asked.states
    ]
    groups = ([each] for each in shown) if asked.level == "campaign" else _by_day(shown)
    if not asked.by_day:
        groups = _over_all(groups, asked.level)
    return [_row(world, asked, group, sold) for group in groups]


def _by_day(days: Iterable[AdDay]) -> Iterator[list[AdDay]]:
    grouped: dict[date, list[AdDay]] = defaultdict(list)
    for each in days:
        grouped[each.day].append(each)
    yield from grouped.values()


def _over_all(groups: Iterable[list[AdDay]], level: str) -> Iterator[list[AdDay]]:
    merged: dict[int, list[AdDay]] = defaultdict(list)
    for group in groups:
        key = group[0].campaign.campaign_id if level == "campaign" else 0
        merged[key] += group
    yield from merged.values()


def _sold(world: AdWorld, asked: AskedInsights, now: datetime) -> dict[tuple[int, date], _Sold]:
    """By the day of the click or view, or by that of the order where this was asked for."""
    found: dict[tuple[int, date], _Sold] = defaultdict(_Sold)
    first = asked.first
    if asked.by_conversion:
        first -= timedelta(seconds=LONGEST_JOURNEY)
    for claim in world.claims(first, asked.last, now):
        at = claim.ordered_at if asked.by_conversion else claim.touched_at
        found[claim.campaign_id, world.day_of(at)].add(claim)
    return found


def _row(
    world: AdWorld,
    asked: AskedInsights,
    group: list[AdDay],
    sold: dict[tuple[int, date], _Sold],
) -> dict[str, Any]:
    account, campaign = world.account, group[0].campaign
    clicks = sum(each.clicks for each in group)
    told: dict[str, Any] = {
        "account_id": str(account.account_id),
        "account_name": account.name,
        "account_currency": account.currency,
        "spend": _money(world, sum(each.spend for each in group)),
        "impressions": str(sum(each.impressions for each in group)),
        "clicks": str(clicks),
    }
    if asked.level == "campaign":
        told |= {"campaign_id": str(campaign.campaign_id), "campaign_name": campaign.name}
    parts = [sold[each.campaign.campaign_id, each.day] for each in group]
    told["actions"] = _actions(asked, parts, clicks)
    told["action_values"] = _values(world, asked, parts)
    days = [each.day for each in group] if asked.by_day else [asked.first, asked.last]
    wanted = {name: told[name] for name in asked.fields if told.get(name)}
    return {**wanted, "date_start": str(min(days)), "date_stop": str(max(days))}


def _actions(asked: AskedInsights, parts: list[_Sold], clicks: int) -> list[dict[str, str]]:
    link_clicks = clicks * 4 // 5
    actions = [
        {"action_type": kind, "value": str(count)}
        | {name: str(count) for name in asked.windows if name.endswith("click")}
        for kind, count in (("link_click", link_clicks), ("landing_page_view", clicks * 3 // 5))
        if count
    ]
    counts = _summed(part.count for part in parts)
    return actions + _purchases(asked, {name: str(count) for name, count in counts.items()})


def _values(world: AdWorld, asked: AskedInsights, parts: list[_Sold]) -> list[dict[str, str]]:
    values = _summed(part.value for part in parts)
    return _purchases(asked, {name: _money(world, value) for name, value in values.items()})


def _summed(parts: Iterable[dict[str, int]]) -> dict[str, int]:
    """Per window, and under `value` what the account's own attribution setting counts."""
    sums: dict[str, int] = defaultdict(int)
    for part in parts:
        for window, count in part.items():
            sums[window] += count
    return (
        {"value": sum(sums[name] for name in _DEFAULT_SETTING), **sums}
        if any(sums.values())
        else {}
    )


def _purchases(asked: AskedInsights, told: dict[str, str]) -> list[dict[str, str]]:
    if not told:
        return []
    windows = {name: told[name] for name in asked.windows if told.get(name, "0") != "0"}
    return [{"action_type": kind, "value": told["value"], **windows} for kind in _PURCHASE_TYPES]


def _money(world: AdWorld, minor: int) -> str:
    amount = Decimal(minor).scaleb(-minor_digits(world.account.currency))
    return f"{amount.normalize():f}"
