"""Rows as Google Ads tells them: whole numbers as texts, conversions as fractions, money in millionths."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

from hotdash.base.money import minor_digits
from hotdash.simulators.ad_claims import Claim
from hotdash.simulators.ad_days import AdDay, AdState, AdWorld
from hotdash.simulators.campaigns import Campaign
from hotdash.simulators.google_ads.gaql import CAMPAIGN, CUSTOMER, DATE, METRICS, Query, camel

_STATUS = {AdState.RUNNING: "ENABLED", AdState.PAUSED: "PAUSED", AdState.ARCHIVED: "REMOVED"}
_CHANNELS = {"shopping-fuel": "SHOPPING"}
Told = dict[str, Any]


def rows_of(world: AdWorld, query: Query, now: datetime) -> list[Told]:
    if query.resource == "customer":
        return [_chosen(query, _customer(world))]
    if query.has_metrics or DATE in query.fields:
        return [_chosen(query, row) for row in _day_rows(world, query, now)]
    chosen = [each for each in world.campaigns if _is_asked(query, each)]
    return [_chosen(query, {**_customer(world), **_campaign(world, each, now)}) for each in chosen]


def summary_of(rows: list[Told]) -> Told:
    """Sums over all rows, in the shape of one: whole numbers are texts, doubles are not."""
    names = sorted({name for row in rows for name in row["metrics"]})
    return {"metrics": {name: _sum([row["metrics"][name] for row in rows]) for name in names}}


def _sum(values: list[Any]) -> str | float | int:
    if all(isinstance(value, str) for value in values):
        return str(sum(int(value) for value in values))
    return _double(round(sum(values), 6))


def _day_rows(world: AdWorld, query: Query, now: datetime) -> Iterator[Told]:
    assert query.days is not None, "metrics are asked by day here"
    claims: dict[tuple[int, date], list[Claim]] = defaultdict(list)
    for claim in world.claims(*query.days, now):
        claims[claim.campaign_id, world.day_of(claim.touched_at)].append(claim)
    for day in world.days(*query.days, now):
        if _is_asked(query, day.campaign):
            yield {
                **_customer(world),
                **_campaign(world, day.campaign, now),
                **_metrics(world, day, claims[day.campaign.campaign_id, day.day]),
                DATE: str(day.day),
            }


def _is_asked(query: Query, campaign: Campaign) -> bool:
    return query.campaign_ids is None or campaign.campaign_id in query.campaign_ids


def _customer(world: AdWorld) -> Told:
    account = world.account
    values = (
        *(str(account.account_id), account.name, account.currency, account.timezone),
        *("ENABLED", False, False),
    )
    return dict(zip(CUSTOMER, values, strict=True))


def _campaign(world: AdWorld, campaign: Campaign, now: datetime) -> Told:
    state = world.state(campaign, world.day_of(int(now.timestamp())))
    values = (
        str(campaign.campaign_id),
        campaign.name,
        _STATUS[state],
        _CHANNELS.get(campaign.key, "SEARCH"),
        f"{world.first_day} 00:00:00",
    )
    return dict(zip(CAMPAIGN, values, strict=True))


def _metrics(world: AdWorld, day: AdDay, claims: list[Claim]) -> Told:
    digits = minor_digits(world.account.currency)
    micros = day.spend * 10 ** (6 - digits)
    credit = sum(claim.credit for claim in claims)
    value = sum(claim.value for claim in claims)
    values = (
        *(str(micros), str(day.clicks), str(day.impressions)),
        *(_double(credit / 1_000), _double(value / 10**digits)),
    )
    return dict(zip(METRICS, values, strict=True))


def _double(value: float) -> float | int:
    """A whole double is written without its point."""
    return int(value) if value == int(value) else value


def _chosen(query: Query, told: Told) -> Told:
    """Nested by resource; names of the resources come along."""
    row: Told = {}
    for path in query.fields:
        resource, name = camel(path).split(".")
        row.setdefault(resource, {})[name] = told[path]
    customer = f"customers/{told['customer.id']}"
    if "customer" in row:
        row["customer"]["resourceName"] = customer
    if "campaign" in row:
        row["campaign"]["resourceName"] = f"{customer}/campaigns/{told['campaign.id']}"
    return row
