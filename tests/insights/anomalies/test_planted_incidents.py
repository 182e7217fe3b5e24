"""The incidents planted in the demo's world: each is told, with what drives it and what came before.

Here as series of the simulators themselves; on published marts: tests/jobs/test_look_for_anomalies.py.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache

import pytest

from hotdash.insights.anomalies.before import campaign_changes, visit_changes
from hotdash.insights.anomalies.driving import Driven, Parts, driven_sum
from hotdash.insights.anomalies.holidays import country_of, holidays_of
from hotdash.insights.anomalies.judge import Level, Limits, Seen, level_of, see
from hotdash.insights.anomalies.series import Grain, Series, day_step
from hotdash.insights.marks.annotations import Kind
from hotdash.insights.metrics.period import Window
from hotdash.simulators.ad_accounts import account_of
from hotdash.simulators.ad_days import AdWorld
from hotdash.simulators.campaigns import GOOGLE, META, campaigns_of
from hotdash.simulators.shop_profiles import (
    LATE_CARRIER,
    REFUND_WAVE,
    SALES_DROP,
    SALES_SPIKE,
    SLA_BREACHES,
    TRACKING_LOSS,
    TRAFFIC_ANOMALY,
    notes_of,
)
from hotdash.simulators.traffic import ShopTraffic
from hotdash.simulators.world import ShopWorld, World

ORDERS, SEED = 20_000, 7
UNTIL = datetime(2026, 11, 21, 6, tzinfo=UTC)
ROD, TEILE = "hot-rod-an", "nordkurve-teile"
CENT = Decimal("0.01")


@pytest.fixture(scope="module")
def world() -> World:
    return World(ORDERS, SEED, UNTIL)


def days_of(shop: ShopWorld, back: int = 100) -> list[date]:
    last = shop.plan.last_closed_day
    return [last - timedelta(days=ago) for ago in range(back, -1, -1)]


def series(shop: ShopWorld, name: str, days: Mapping[date, Decimal], *, counted: bool) -> Series:
    return Series(
        name,
        {day_step(day): float(value) for day, value in days.items()},
        Grain.DAY,
        counted,
        holidays=holidays_of(days, country_of(shop.shop.currency)),
    )


def judged(found: Series, day: date) -> Seen:
    seen = see(found, day_step(day))
    assert seen is not None
    return seen


def orders_of(shop: ShopWorld) -> Series:
    days = {each.day: Decimal(each.orders) for each in shop.plan.days}
    return series(shop, "orders", {day: days[day] for day in days_of(shop)}, counted=True)


@cache
def traffic_of(world: World, shop_id: str) -> ShopTraffic:
    shop = world.of(shop_id)
    return ShopTraffic(shop, SEED, shop.shop.timezone)


def sessions_of(world: World, shop_id: str) -> tuple[Series, dict[str, dict[date, Decimal]]]:
    """Of all pages together, and by page."""
    shop, traffic = world.of(shop_id), traffic_of(world, shop_id)
    pages: dict[str, dict[date, Decimal]] = {}
    for day in days_of(shop, 70):
        for entrance, seen in traffic.day(day).items():
            page = pages.setdefault(entrance.landing_page, {})
            page[day] = page.get(day, Decimal(0)) + seen.sessions
    return series(shop, "sessions", _total(pages), counted=True), pages


def spend_of(world: World, shop_id: str, platform: str) -> tuple[Series, Parts]:
    shop = world.of(shop_id)
    account = account_of(shop.shop, platform)
    assert account is not None
    names = {each.campaign_id: each.name for each in campaigns_of(shop.shop, platform)}
    days = days_of(shop, 70)
    parts: dict[str, dict[date, Decimal]] = {}
    for each in AdWorld(shop, account).days(days[0], days[-1], UNTIL):
        told = parts.setdefault(names[each.campaign.campaign_id], {})
        told[each.day] = told.get(each.day, Decimal(0)) + Decimal(each.spend) / 100
    return series(shop, "ad_spend", _total(parts), counted=False), parts


def _total(parts: Parts) -> dict[date, Decimal]:
    found: dict[date, Decimal] = {}
    for told in parts.values():
        for day, value in told.items():
            found[day] = found.get(day, Decimal(0)) + value
    return found


def driven(found: Series, parts: Parts, day: date) -> Driven:
    alike = [day - timedelta(weeks=back) for back in range(1, 9)]
    whole = Decimal(repr(found.known[day_step(day)])), Decimal(repr(judged(found, day).expected))
    told = driven_sum("part", parts, (day, alike), whole, CENT)
    assert told is not None
    assert abs(sum((each.change for each in told.drivers), -whole[0] + whole[1])) <= CENT
    return told


def incidents(world: World, *kinds: str) -> Iterator[tuple[str, date]]:
    for each in world.incidents:
        day = date.fromisoformat(each.day)
        if each.kind in kinds and day <= world.of(each.shop_id).plan.last_closed_day:
            yield each.shop_id, day


def test_every_drop_and_spike_of_sales_is_told(world: World) -> None:
    """By an alert where a shop has ten orders a day; twenty where seven are usual are for the digest."""
    found = [*incidents(world, SALES_DROP, SALES_SPIKE)]

    assert len(found) == 4
    for shop_id, day in found:
        seen = judged(orders_of(world.of(shop_id)), day)
        if seen.expected >= 10:
            assert level_of(seen, Limits()) is Level.ALERT
        elif shop_id == TEILE:
            assert level_of(seen, Limits()) is Level.DIGEST


def test_four_orders_a_day_are_too_few_to_ring(world: World) -> None:
    """The smallest shop's payment failed for a day: the digest may say so, an alert cannot."""
    [(shop_id, day)] = [each for each in incidents(world, SALES_DROP) if each[0] == "kanto-garage"]

    seen = judged(orders_of(world.of(shop_id)), day)

    assert seen.expected < 10
    assert seen.z < -1.5


def test_a_failing_checkout_leaves_the_visits_as_they_are(world: World) -> None:
    """That tells it from a day on which nobody came."""
    [day] = [day for shop_id, day in incidents(world, SALES_DROP) if shop_id == ROD]

    visits, _ = sessions_of(world, ROD)

    assert level_of(judged(visits, day), Limits()) is None
    assert judged(orders_of(world.of(ROD)), day).z < -4


@pytest.mark.parametrize(
    ("shop_id", "group", "link"),
    [(ROD, "Email", "new-fuel-cells"), (TEILE, "Referral", "forum.example")],
)
def test_a_link_brings_visits_and_orders(world: World, shop_id: str, group: str, link: str) -> None:
    """The visits' channel drives them, and the link that nobody followed the day before came first."""
    day = next(day for shop, day in incidents(world, SALES_SPIKE) if shop == shop_id)

    visits, _ = sessions_of(world, shop_id)
    channels, links = came_through(world, shop_id)

    assert judged(visits, day).z > 4
    assert judged(orders_of(world.of(shop_id)), day).z > 3
    assert driven(visits, channels, day).named == group
    window = Window(day - timedelta(days=7), day)
    [event] = visit_changes(links, days_of(world.of(shop_id), 70), window)
    assert (event.kind, event.day, f" through {link}, " in event.text) == ("visits", day, True)


def came_through(world: World, shop_id: str) -> tuple[Parts, Parts]:
    """By channel, and as visits.sql names the links: a campaign, or the site of a referral."""
    shop, traffic = world.of(shop_id), traffic_of(world, shop_id)
    channels: dict[str, dict[date, Decimal]] = {}
    links: dict[str, dict[date, Decimal]] = {}
    for day in days_of(shop, 70):
        for entrance, seen in traffic.day(day).items():
            told = channels.setdefault(entrance.channel_group, {})
            told[day] = told.get(day, Decimal(0)) + seen.sessions
            is_named = not entrance.campaign.startswith("(")
            if not entrance.channel_group.startswith("Paid") and (
                is_named or entrance.medium == "referral"
            ):
                name = entrance.campaign if is_named else entrance.source
                told = links.setdefault(name, {})
                told[day] = told.get(day, Decimal(0)) + seen.sessions
    return channels, links


def test_what_people_noted_stands_on_the_days_of_what_was_planted(world: World) -> None:
    """A failing checkout, illness, snow, a consent banner: no vendor tells them, people write them down."""
    noted = {
        (shop.shop_id, date.fromisoformat(note.day)): Kind(note.kind)
        for shop in world.shops
        for note in notes_of(shop, world.of(shop.shop_id).plan.last_closed_day)
    }
    wanted = [
        *incidents(world, SALES_DROP, SLA_BREACHES, LATE_CARRIER, TRACKING_LOSS),
        (TEILE, world.of(TEILE).plan.last_closed_day + timedelta(days=5)),
    ]

    for shop_id, day in wanted:
        assert any((shop_id, day - timedelta(days=before)) in noted for before in range(4))
    assert not any((shop_id, day) in noted for shop_id, day in incidents(world, REFUND_WAVE))


def test_a_crawler_drives_the_visits_through_no_page_of_its_own(world: World) -> None:
    [(shop_id, day)] = incidents(world, TRAFFIC_ANOMALY)
    visits, pages = sessions_of(world, shop_id)

    assert level_of(judged(visits, day), Limits()) is Level.ALERT
    assert driven(visits, pages, day).named == "(other)"
    assert abs(judged(orders_of(world.of(shop_id)), day).z) < 3


def test_lost_tracking_takes_all_pages_alike_and_no_orders(world: World) -> None:
    [(shop_id, day)] = incidents(world, TRACKING_LOSS)
    visits, pages = sessions_of(world, shop_id)

    assert level_of(judged(visits, day), Limits()) is Level.ALERT
    assert judged(visits, day).z < 0
    assert driven(visits, pages, day).named is None
    assert abs(judged(orders_of(world.of(shop_id)), day).z) < 3


@pytest.mark.parametrize(
    ("shop_id", "platform", "ago", "campaign"),
    [(ROD, META, 6, "Prospecting builders"), (TEILE, GOOGLE, 21, "Brand search")],
)
def test_a_budget_typed_wrong_is_the_campaign_s(
    world: World, shop_id: str, platform: str, ago: int, campaign: str
) -> None:
    spend, parts = spend_of(world, shop_id, platform)
    day = world.of(shop_id).plan.last_closed_day - timedelta(days=ago)

    assert level_of(judged(spend, day), Limits()) is Level.ALERT
    assert driven(spend, parts, day).named == campaign
    events = [*campaign_changes(parts, Window(day - timedelta(days=7), day), "USD")]
    assert [(each.day, each.text.partition(":")[0]) for each in events] == [
        (day, f"{campaign} spent far more")
    ]


def test_a_campaign_that_was_paused_is_told_on_the_day_it_stopped(world: World) -> None:
    """A third of the account's spend is gone: the campaign's own series rings, and its event says why."""
    shop = world.of(ROD)
    day = shop.plan.last_closed_day - timedelta(days=15)
    _, parts = spend_of(world, ROD, GOOGLE)
    own = series(
        shop,
        "AN fittings search",
        {each: parts["AN fittings search"].get(each, Decimal(0)) for each in days_of(shop, 70)},
        counted=False,
    )

    assert level_of(judged(own, day), Limits()) is Level.ALERT
    window = Window(day - timedelta(days=7), day)
    assert "AN fittings search stopped" in {
        each.text.partition(":")[0] for each in campaign_changes(parts, window, "USD")
    }
