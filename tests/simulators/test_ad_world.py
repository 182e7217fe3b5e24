"""The world of ads that both platforms tell: spend, clicks, and sales that are claimed."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from hotdash.simulators.ad_accounts import (
    AD_CAMPAIGN_PAUSED,
    AD_SPEND_SPIKE,
    account_of,
)
from hotdash.simulators.ad_days import AdWorld
from hotdash.simulators.campaigns import GOOGLE, META
from hotdash.simulators.journeys import journey_of
from hotdash.simulators.orders import epoch
from hotdash.simulators.world import World
from tests.fixtures.ads import ad_world, claimed
from tests.fixtures.simulator import SEED, UNTIL


@pytest.fixture(scope="module")
def large() -> World:
    return World(6_000, SEED, UNTIL)


def test_a_later_instant_adds_and_takes_nothing_away(large: World) -> None:
    ads = ad_world(large, META)
    before: dict[Any, Any] = {}
    for hours in (0, 3, 9, 24, 100):
        now = UNTIL + timedelta(hours=hours)
        days = ads.days(date(2026, 10, 1), date(2027, 1, 1), now)
        current = {(d.day, d.campaign.campaign_id): d for d in days}
        for key, day in before.items():
            later = current[key]
            assert later.spend >= day.spend
            assert later.clicks >= day.clicks
            assert later.impressions >= day.impressions
        before = current


def test_clicks_hold_the_visits_that_led_to_orders(large: World) -> None:
    """Every paid visit before an order is a click of its campaign, where this was running."""
    for platform in (META, GOOGLE):
        ads = ad_world(large, platform)
        days = ads.days(date(2026, 9, 1), date(2026, 10, 31), UNTIL)
        clicks = {(d.day, d.campaign.campaign_id): d.clicks for d in days}
        visits: Counter[Any] = Counter()
        for history in large.of("hot-rod-an").histories(0, epoch(UNTIL)):
            for visit in journey_of(history[0]):
                if visit.campaign and visit.campaign.platform == platform:
                    visits[ads.day_of(visit.at), visit.campaign.campaign_id] += 1
        assert all(clicks[key] >= visits[key] for key in clicks)
        assert sum(visits[key] for key in clicks) > 50


def test_links_name_their_campaign_as_int_campaign_names_spells_it(large: World) -> None:
    seen: set[int] = set()
    for history in large.of("hot-rod-an").histories(0, epoch(UNTIL)):
        for visit in journey_of(history[0]):
            if visit.campaign is not None:
                seen.add(visit.campaign.campaign_id)
                name = visit.campaign.name.lower()
                spellings = {name, name.replace(" ", "-"), str(visit.campaign.campaign_id)}
                assert visit.utm["utm_campaign"] in spellings
    assert len(seen) == 6


def test_both_claim_more_than_the_shop_can_have_sold(large: World) -> None:
    meta = claimed(large, META, UNTIL)
    google = claimed(large, GOOGLE, UNTIL)
    both = {c.order_id for c in meta} & {c.order_id for c in google}
    assert len(both) > 20, "the same order is claimed by both"
    assert sum(c.is_view for c in meta) > 100, "and by nobody's click"
    orders = {o.order_id: o for o in large.orders_as_of(UNTIL, "hot-rod-an")}
    lost = [c for c in meta if orders[c.order_id].cancelled_at or orders[c.order_id].refunds]
    assert lost, "platforms know of no refund"


def test_googles_shares_of_an_order_make_it_up(large: World) -> None:
    ads = ad_world(large, GOOGLE)
    credits: Counter[int] = Counter()
    for claim in claimed(large, GOOGLE, UNTIL + timedelta(days=3)):
        credits[claim.order_id] += claim.credit
    whole = [order for order, credit in credits.items() if credit == 1_000]
    assert len(whole) > 0.9 * len(credits)
    assert max(credits.values()) == 1_000
    assert ads.account.platform == GOOGLE


def test_planted_days_differ_from_those_around(large: World) -> None:
    for shop_id, platform, key, ago in (
        ("hot-rod-an", META, "prospecting", 6),
        ("hot-rod-an", META, "catalogue", -8),
        ("nordkurve-teile", GOOGLE, "brand", 21),
    ):
        ads = ad_world(large, platform, shop_id)
        last = large.of(shop_id).plan.last_closed_day
        planted = last - timedelta(days=ago)
        days = ads.days(planted - timedelta(days=1), planted, UNTIL + timedelta(days=20))
        spend = {d.day: d.spend for d in days if d.campaign.key == key}
        assert spend[planted] > 2 * spend[planted - timedelta(days=1)]
        told = [i for i in large.incidents if i.kind == AD_SPEND_SPIKE]
        assert (shop_id, str(planted)) in {(i.shop_id, i.day) for i in told}


def test_a_paused_campaign_has_no_days_and_says_so(large: World) -> None:
    ads = ad_world(large, GOOGLE)
    [incident] = [i for i in large.incidents if i.kind == AD_CAMPAIGN_PAUSED]
    first = date.fromisoformat(incident.day)
    span = first - timedelta(days=1), first + timedelta(days=4)
    days = ads.days(*span, UNTIL)
    ran = {d.day for d in days if d.campaign.key == "an-fittings"}
    assert ran == set(span)
    campaign = next(c for c in ads.campaigns if c.key == "an-fittings")
    noon = datetime(first.year, first.month, first.day, 18, tzinfo=UTC)
    assert ads.state(campaign, first).value == "paused"
    assert ads.state_since(campaign, noon + timedelta(days=2)) == first


def test_the_same_seed_tells_the_same() -> None:
    def told() -> list[Any]:
        world = World(600, SEED, UNTIL)
        account = account_of(world.shops[0], META)
        assert account is not None
        ads = AdWorld(world.of("hot-rod-an"), account)
        span = date(2026, 1, 1), date(2026, 12, 1), UNTIL
        return [*ads.days(*span), *ads.claims(*span)]

    assert told() == told()
