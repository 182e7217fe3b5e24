"""What is kept each night: the series of every shop and the plan of its stock, the same of the same publication."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from hotdash.base.clock import FixedClock
from hotdash.base.errors import NotFoundError
from hotdash.jobs.forecast import forecast_shop, forecast_shops
from hotdash.reports.packet.make import make_packet
from hotdash.reports.packet.weeks import Week
from hotdash.storage.appdb.repositories.forecasts import (
    ForecastRecord,
    StockList,
    StockPlanRecord,
    find_forecast,
    keep_forecasts,
    latest_forecasts,
    list_stock,
    stock_totals,
)
from hotdash.storage.appdb.repositories.operating_settings import (
    SettingDecision,
    decide_settings,
)
from hotdash.storage.appdb.repositories.shops import list_shops
from tests.fixtures.forecast_world import BADGE, CLAMP, GAUGE, HOSE, PUMP, foretold
from tests.fixtures.storefront import KYOTO, LAST_DAY, NOW, ROD, Storefront

__all__ = ["foretold"]


def kept(house: Storefront, shop_id: str = ROD) -> dict[str, ForecastRecord]:
    with house.database.jobs() as session:
        return latest_forecasts(session, shop_id)


def plan_of(house: Storefront) -> dict[int, StockPlanRecord]:
    with house.database.jobs() as session:
        found = list_stock(session, ROD, StockList.ALL, limit=100)
    return {each.inventory_item_id: each for each in found}


class TestSeries:
    def test_revenue_is_foretold_in_whole_cents(self, foretold: Storefront) -> None:
        told = kept(foretold)["revenue"]
        document = told.document
        assert told.known_to == LAST_DAY - timedelta(days=1)
        assert document["currency"] == "USD"
        assert document["days"][0]["day"] == LAST_DAY.isoformat()
        assert len(document["days"]) == 28
        assert all(Decimal(day["value"]).as_tuple().exponent == -2 for day in document["days"])
        week = sum(Decimal(day["value"]) for day in document["days"][:7])
        assert abs(Decimal(document["sums"][0]["value"]) - week) <= Decimal("0.04")

    def test_half_a_year_has_windows_enough_for_a_range(self, foretold: Storefront) -> None:
        document = kept(foretold)["orders"].document
        # 214 days, of them 28 behind and 56 before the windows, which are a week apart: 130 / 7.
        assert document["windows"] == 19
        # Before twelve of them four others were over; before nine of these ten, of which a range is made.
        assert document["proven"]["windows"] == 12
        assert [each["judged"] for each in document["sums"]] == [9, 6]
        assert document["why_no_range"] is None
        day = document["days"][0]
        assert Decimal(day["low"]) < Decimal(day["value"]) < Decimal(day["high"])
        assert {each["method"] for each in document["scores"]} == {
            *("AutoETS('ANA')", "AutoCES", "seasonal average", "mean of the three"),
        }

    def test_what_was_never_published_is_left_out(self, foretold: Storefront) -> None:
        assert set(kept(foretold)) == {"revenue", "orders", "growth", "demand"}

    def test_less_than_a_year_tells_no_date_of_arrival_and_says_why(
        self, foretold: Storefront
    ) -> None:
        document = kept(foretold)["growth"].document
        assert document["target"] == "10000000.00"
        assert document["why"] == "It needs 13 periods of 28 days, each with revenue."


class TestStock:
    def test_what_runs_out_is_warned_of_with_its_money(self, foretold: Storefront) -> None:
        hose = plan_of(foretold)[HOSE]
        # Four a day of forty: ten days, and 56 are asked for within the 14 of a refill.
        assert hose.out_on is not None
        assert abs((hose.out_on - LAST_DAY).days - 10) <= 1
        assert hose.run_out > Decimal("0.95")
        assert hose.is_warned
        assert abs(hose.units_short - 16) < 2
        assert hose.money_at_risk == (hose.units_short * 25).quantize(Decimal("0.01"))
        assert hose.reorder_quantity % 12 == 0
        assert hose.order_cost == hose.reorder_quantity * 10

    def test_what_lies_too_long_is_too_much(self, foretold: Storefront) -> None:
        clamp = plan_of(foretold)[CLAMP]
        # Two a day for 180 days are 360 of 900.
        assert abs(clamp.overstock_units - 540) < 40
        assert clamp.overstock_value == clamp.overstock_units * 10
        assert not clamp.is_warned
        assert clamp.reorder_quantity == 0

    def test_what_nobody_buys_is_dead_and_never_runs_out(self, foretold: Storefront) -> None:
        badge = plan_of(foretold)[BADGE]
        assert badge.is_dead
        assert badge.dead_value == 120
        assert badge.out_on is None
        assert badge.run_out == 0

    def test_what_is_rare_is_said_to_be(self, foretold: Storefront) -> None:
        gauge = plan_of(foretold)[GAUGE]
        assert gauge.is_intermittent
        assert Decimal("0.05") < gauge.daily < Decimal("0.2")

    def test_days_without_stock_are_no_days_without_demand(self, foretold: Storefront) -> None:
        pump = plan_of(foretold)[PUMP]
        assert Decimal("2.5") < pump.daily < Decimal("3.5")
        assert pump.out_on == LAST_DAY
        assert pump.run_out == 1
        assert abs(pump.units_short - 42) < 5

    def test_lists_say_what_their_name_says(self, foretold: Storefront) -> None:
        with foretold.database.jobs() as session:
            listed = {
                chosen: {
                    each.inventory_item_id for each in list_stock(session, ROD, chosen, limit=9)
                }
                for chosen in StockList
            }
            totals = stock_totals(session, ROD)
        assert listed[StockList.WARNED] == {HOSE, PUMP}
        assert listed[StockList.DEAD] == {BADGE}
        assert listed[StockList.OVERSTOCK] == {CLAMP}
        assert {HOSE, PUMP} <= listed[StockList.REORDER]
        plan = plan_of(foretold)
        assert totals.items == 5
        assert totals.warned == 2
        assert totals.money_at_risk == sum(plan[each].money_at_risk or 0 for each in (HOSE, PUMP))
        assert totals.dead_value == 120

    def test_items_name_how_they_were_judged(self, foretold: Storefront) -> None:
        document = kept(foretold)["demand"].document
        assert document["items"] == 5
        assert sum(document["kept"].values()) == 5
        assert [each["days"] for each in document["coverage"]] == [7, 14, 28, 56]


def test_the_same_publication_tells_the_same_twice(foretold: Storefront) -> None:
    before, items = kept(foretold), plan_of(foretold)
    forecast_shop(foretold.database, ROD, NOW + timedelta(minutes=1))
    after, again = kept(foretold), plan_of(foretold)
    assert {name: each.document for name, each in after.items()} == {
        name: each.document for name, each in before.items()
    }
    made_at = next(iter(items.values())).made_at
    assert {each: replace(row, made_at=made_at) for each, row in again.items()} == items


def test_as_of_an_earlier_day_only_what_was_known_then_is_used(foretold: Storefront) -> None:
    plan, newest = plan_of(foretold), kept(foretold)["orders"]
    forecast_shop(foretold.database, ROD, NOW, as_of=NOW - timedelta(days=6))
    with foretold.database.jobs() as session:
        until = newest.known_to - timedelta(days=1)
        earlier = latest_forecasts(session, ROD, until=until)["orders"]
    assert earlier.known_to == newest.known_to - timedelta(days=6)
    assert earlier.document["recent"][-1]["day"] == earlier.known_to.isoformat()
    assert kept(foretold)["orders"] == newest
    assert plan_of(foretold) == plan
    assert_told_by_the_packet_of(foretold, Week.of(earlier.known_to))


def assert_told_by_the_packet_of(house: Storefront, week: Week) -> None:
    with house.database.snapshot() as session:
        shop = next(each for each in list_shops(session) if each.shop_id == ROD)
        packet = make_packet(session, shop, week, week.is_sent_at(shop.timezone), "http://h.test")
        revenue = latest_forecasts(session, ROD, until=week.sunday)["revenue"].document
    told, days = packet.forecast, {each["day"]: each["value"] for each in revenue["days"]}
    assert (told.first, told.last) == (week.next.monday, week.next.sunday)
    assert [(each.day, each.value) for each in told.days] == [
        (day, Decimal(days[day.isoformat()])) for day in week.next.window.days()
    ]
    assert told.value is not None
    assert told.low is not None
    assert told.high is not None
    assert abs(told.value - sum(each.value for each in told.days)) <= Decimal("0.04")
    assert told.low < told.value < told.high
    assert "erred by MASE" in told.method


def test_hindsight_does_not_replace_what_was_foretold(foretold: Storefront) -> None:
    before = kept(foretold)["orders"]
    forecast_shop(foretold.database, ROD, NOW + timedelta(hours=1), as_of=NOW)
    assert kept(foretold)["orders"] == before
    forecast_shop(foretold.database, ROD, NOW + timedelta(hours=1))
    assert kept(foretold)["orders"].made_at == NOW + timedelta(hours=1)


def test_the_nearest_service_level_holds_and_one_of_later_does_not_yet(
    foretold: Storefront,
) -> None:
    said = [
        ("shop", "", 80, LAST_DAY - timedelta(days=3)),
        ("vendor", "Earl's", 85, LAST_DAY - timedelta(days=3)),
        ("sku", f"SKU-{HOSE}", 70, LAST_DAY - timedelta(days=3)),
        ("sku", f"SKU-{HOSE}", 99, LAST_DAY - timedelta(days=1)),
        ("sku", f"SKU-{CLAMP}", 60, LAST_DAY + timedelta(days=1)),
    ]
    with foretold.database.jobs() as session:
        decide_settings(
            session,
            [
                SettingDecision(ROD, "service_percent", *each, NOW, "person:ada", "So.")
                for each in said
            ],
        )
    forecast_shop(foretold.database, ROD, NOW)
    percents = {number: each.service_percent for number, each in plan_of(foretold).items()}
    assert percents == dict.fromkeys((CLAMP, BADGE, GAUGE, PUMP), 85) | {HOSE: 99}


def test_all_shops_with_a_publication_have_their_turn_and_old_words_go(
    foretold: Storefront,
) -> None:
    newest = kept(foretold)["orders"]
    old, older = (date(2026, 11, 20) - timedelta(days=days) for days in (300, 500))
    with foretold.database.jobs() as session:
        keep_forecasts(session, [replace(newest, known_to=each) for each in (old, older)])
    assert forecast_shops(foretold.database, FixedClock(NOW)) == [ROD, KYOTO]
    assert kept(foretold, KYOTO)["revenue"].document["currency"] == "JPY"
    with foretold.database.jobs() as session:
        assert find_forecast(session, ROD, "orders", old) is not None
        assert find_forecast(session, ROD, "orders", older) is None


def test_a_shop_without_a_publication_has_no_forecast(foretold: Storefront) -> None:
    with pytest.raises(NotFoundError, match="Nothing of nobody is published"):
        forecast_shop(foretold.database, "nobody", NOW)
