"""Whole weeks reckoned by hand: each figure with its arithmetic beside it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from hotdash.base.clock import days_between
from hotdash.base.ids import new_id
from hotdash.insights.forecasting.documents import Known, series_document
from hotdash.insights.forecasting.series import forecast_series, seasonal_average, seasonal_naive
from hotdash.reports.packet.contract import Packet
from hotdash.reports.packet.files import files_of
from hotdash.reports.packet.make import make_packet
from hotdash.reports.packet.weeks import Week
from hotdash.storage.appdb.models import Run
from hotdash.storage.appdb.repositories.forecasts import ForecastRecord, keep_forecasts
from hotdash.storage.appdb.repositories.packets import Form
from hotdash.storage.appdb.repositories.shops import list_shops
from tests.fixtures.marts import mart_row, order, revenue_day
from tests.fixtures.postgres import DatabaseUrls
from tests.fixtures.storefront import KYOTO, ROD, Storefront, copied, publish_rows

Rows = dict[str, list[dict[str, Any]]]
WEEK = Week.parse("2026-W46")
# Of one day, by week: the segment of each order, and what each of them costs.
FIRST, REPEAT = "first_time", "repeat"
DAYS = {
    WEEK: ([FIRST, FIRST, REPEAT], 40),  # 3 x 40 = 120 a day, 840 a week, 21 orders
    WEEK.before(1): ([FIRST, REPEAT], 50),  # 2 x 50 = 100 a day, 700 a week, 14 orders
    WEEK.before(2): ([FIRST], 80),  # 80 a day, 560 a week
    **{WEEK.before(back): ([FIRST], 60) for back in range(3, 12)},  # 60 a day, 420 a week
    WEEK.a_year_before: ([FIRST], 80),  # 80 a day, 560 a week
}
CREDITED = {
    WEEK: {"email": 350, "paid_search": 250},
    WEEK.before(1): {"email": 200, "paid_search": 300},
}
# Sold and given back. The hose is in both weeks, the elbow is new, the clamp is sold no more.
PRODUCTS = {
    WEEK: {"Hose": (500, 0), "Elbow": (200, 30)},
    WEEK.before(1): {"Hose": (450, 0), "Clamp": (100, 0)},
}


def rows_of(
    shop_id: str, currency: str, weeks: dict[Week, tuple[list[str], int | Decimal]]
) -> Rows:
    rows: Rows = {"fct_revenue": [], "fct_orders": [], "dim_customers": []}
    for week, (segments, price) in sorted(weeks.items()):
        for day in week.window.days():
            gross, number = Decimal(price * len(segments)), len(rows["fct_orders"])
            rows["fct_revenue"].append(
                revenue_day(
                    *(shop_id, day, gross),
                    currency=currency,
                    counted_orders=len(segments),
                    units=len(segments),
                )
            )
            rows["fct_orders"] += [
                order(shop_id, number + place, day, str(price), currency=currency, segment=segment)
                for place, segment in enumerate(segments, 1)
            ]
    return rows


def credited() -> list[dict[str, Any]]:
    return [
        mart_row(
            "fct_roas",
            shop_id=ROD,
            day=week.monday,
            platform="none",
            campaign="none",
            channel=channel,
            currency="USD",
            last_click_revenue=Decimal(amount),
        )
        for week, channels in CREDITED.items()
        for channel, amount in channels.items()
    ]


def lines() -> list[dict[str, Any]]:
    return [
        mart_row(
            "fct_order_lines",
            shop_id=ROD,
            order_id=number,
            line_id=1,
            day=week.monday,
            currency="USD",
            is_counted=True,
            product=product,
            units=1,
            gross_sales=Decimal(gross),
            refunds=Decimal(refunds),
        )
        for week, products in PRODUCTS.items()
        for number, (product, (gross, refunds)) in enumerate(products.items(), week.monday.day)
    ]


def foretold(shop_id: str, saturday: date) -> ForecastRecord:
    """100 on Mondays, ten more on each following day, for as long as a year: a week of 910 each."""
    days = days_between(saturday - timedelta(days=363), saturday)
    values = np.array([100.0 + 10 * day.weekday() for day in days])
    known = Known("revenue", "Revenue", "USD", saturday, values)
    methods = {"seasonal average": seasonal_average, "seasonal naive": seasonal_naive}
    found = forecast_series(values, methods, known.days_to_monday)
    made_at = datetime(2026, 11, 16, 2, 40, tzinfo=UTC)
    return ForecastRecord(
        shop_id, "revenue", saturday, made_at, None, series_document(known, found)
    )


def publish(storefront: Storefront, shop_id: str, rows: Rows, **more: Any) -> None:
    storefront.clock.advance(timedelta(minutes=1))
    publish_rows(
        storefront.database, storefront.warehouse_home, storefront.clock, shop_id, rows, **more
    )


def packet_of(storefront: Storefront, shop_id: str = ROD, week: Week = WEEK) -> Packet:
    with storefront.database.snapshot() as session:
        shop = next(each for each in list_shops(session) if each.shop_id == shop_id)
        return make_packet(session, shop, week, week.is_sent_at(shop.timezone), "http://shop.test")


@pytest.fixture(scope="module")
def shops(
    storefront_template: str, template_urls: DatabaseUrls, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Storefront]:
    folder = tmp_path_factory.mktemp("by-hand")
    with copied(template_urls, storefront_template, folder) as storefront:
        for shop_id in (ROD, KYOTO):
            storefront.unpublish(shop_id)
        told = {"fct_roas": credited(), "fct_order_lines": lines()}
        publish(storefront, ROD, rows_of(ROD, "USD", DAYS) | told)
        yen = {
            WEEK: ([FIRST] * 3, 1001),
            WEEK.before(1): ([FIRST] * 2, 1500),
            WEEK.before(5): ([FIRST] * 2, Decimal("105.5")),
            WEEK.before(6): ([FIRST] * 2, 100),
        }
        publish(storefront, KYOTO, rows_of(KYOTO, "JPY", yen))
        with storefront.database.jobs() as session:
            keep_forecasts(session, [foretold(ROD, WEEK.sunday - timedelta(days=1))])
        yield storefront


@pytest.fixture(scope="module")
def week(shops: Storefront) -> Packet:
    return packet_of(shops)


def drivers(packet: Packet, name: str) -> dict[str, Decimal]:
    breakdown = packet.breakdown(name)
    assert breakdown.why is None
    return {each.name: each.change for each in breakdown.drivers}


def test_figures_beside_both_other_weeks(week: Packet) -> None:
    told = {
        name: (each.value, each.previous, each.year_before, each.share, each.share_of_year)
        for name in ("revenue", "orders", "aov")
        for each in [week.trend(name)]
    }
    assert told == {
        # 840 / 700 = 1.2 and 840 / 560 = 1.5
        "revenue": (840, 700, 560, Decimal("0.2"), Decimal("0.5")),
        # 21 / 14 = 1.5 and 21 / 7 = 3
        "orders": (21, 14, 7, Decimal("0.5"), 2),
        # 40 / 50 = 0.8 and 40 / 80 = 0.5
        "aov": (40, 50, 80, Decimal("-0.2"), Decimal("-0.5")),
    }
    eight = [each.value for each in week.trend("revenue").history]
    assert eight == [420, 420, 420, 420, 420, 560, 700, 840]


def test_the_days_beside_the_same_weekdays(week: Packet) -> None:
    assert [(each.day, each.value, each.previous, each.year_before) for each in week.days] == [
        (date(2026, 11, 9) + timedelta(days=after), 120, 100, 80) for after in range(7)
    ]


def test_the_first_sentence(week: Packet) -> None:
    assert week.headline[0].text == (
        "Revenue was $840.00 in week 46 (9 Nov – 15 Nov 2026), 20% more than the week before "
        "and 50% more than in the same week last year."
    )


def test_orders_and_value(week: Packet) -> None:
    # 7 orders more at the mean of 40 and 50: 7 x 45 = 315.
    # 10 less for each at the mean of 21 and 14 orders: -10 x 17.5 = -175. 315 - 175 = 140.
    assert drivers(week, "orders-and-value") == {"Number of orders": 315, "Order value (AOV)": -175}


def test_channels(week: Packet) -> None:
    # 350 - 200, 250 - 300, and what nobody is credited with: (840 - 600) - (700 - 500).
    assert drivers(week, "channel") == {"Email": 150, "Paid search": -50, "Other": 40}


def test_products_also_new_ones_and_those_sold_no_more(week: Packet) -> None:
    # Hose 500 - 450 = 50; elbow 200 - 30 = 170; clamp 0 - 100 = -100.
    # What belongs to no product: (840 - 670) - (700 - 550) = 20. 50 + 170 - 100 + 20 = 140.
    assert drivers(week, "product") == {"Elbow": 170, "Clamp": -100, "Hose": 50, "Other": 20}


def test_segments(week: Packet) -> None:
    # 14 x 40 - 7 x 50 = 210; 7 x 40 - 7 x 50 = -70. 210 - 70 = 140.
    assert drivers(week, "segment") == {"First time": 210, "Repeat": -70}


def test_order_value_by_segment(week: Packet) -> None:
    # Both cost what the whole costs, so that no mix matters: half of orders became two thirds.
    # -10 x (1/2 + 2/3) / 2 = -5.83; -10 x (1/2 + 1/3) / 2 = -4.17.
    assert drivers(week, "value-by-segment") == {
        "First time": Decimal("-5.83"),
        "Repeat": Decimal("-4.17"),
    }
    assert [each.mix for each in week.breakdown("value-by-segment").drivers] == [0, 0]


def test_next_week_is_what_was_foretold_of_it(week: Packet) -> None:
    """Known to Saturday, so that the week begins on the second day of the forecast."""
    told = week.forecast
    assert [(each.day.weekday(), each.value) for each in told.days] == [
        (after, 100 + 10 * after) for after in range(7)
    ]
    # 7 x 100 + 10 x (1 + ... + 6) = 910, and a year in which nothing else happened has no range.
    assert (told.value, told.low, told.high) == (910, 910, 910)
    # Nothing was ever wrong: forty windows, of which ten, and one that was not over, came before the rest.
    assert "such ranges held 29 of 29 times" in told.method
    assert "Known to 14 Nov 2026." in told.method
    assert "Next week is expected at $910.00" in " ".join(each.text for each in week.headline)


def test_next_week_of_a_word_that_the_version_before_kept(shops: Storefront) -> None:
    kept = foretold(ROD, WEEK.sunday - timedelta(days=1))
    earlier = {name: told for name, told in kept.document.items() if name not in ("week", "proven")}
    with shops.database.jobs() as session:
        keep_forecasts(session, [replace(kept, document=earlier)])
    try:
        told = packet_of(shops).forecast
    finally:
        with shops.database.jobs() as session:
            keep_forecasts(session, [kept])

    assert told.why is None
    assert (told.value, told.low, told.high) == (910, None, None)
    assert sum(each.value for each in told.days) == 910
    assert "no range of a whole week" in told.method


def test_a_week_of_which_nothing_was_foretold_says_how_to_make_it(shops: Storefront) -> None:
    told = packet_of(shops, week=WEEK.before(1)).forecast
    assert (told.value, told.days) == (None, ())
    assert "hotdash forecast make --as-of 2026-11-08" in (told.why or "")
    # Known to a day of the week before, it tells that week and not the next one.
    assert packet_of(shops, week=WEEK.next).forecast.value is None


def test_yen_add_up_in_whole_yen(shops: Storefront) -> None:
    packet = packet_of(shops, KYOTO)
    revenue = packet.trend("revenue")
    # 7 x 3 x 1001 = 21,021 and 7 x 2 x 1500 = 21,000.
    assert (revenue.value, revenue.previous, revenue.unit) == (21_021, 21_000, "JPY")
    # 7 x 1250.5 = 8753.5 and -499 x 17.5 = -8732.5: one of the halves goes up, together 21.
    changes = [*drivers(packet, "orders-and-value").values()]
    assert changes in ([8754, -8733], [8753, -8732])
    assert sum(changes) == 21
    assert "¥21,021" in packet.headline[0].text


def test_a_change_is_that_of_the_exact_figures(shops: Storefront) -> None:
    """105.5 / 100 = 1.055 is shown as 5.5%; of the whole yen shown beside it, 106 / 100, it would be 6.0%."""
    packet = packet_of(shops, KYOTO, WEEK.before(5))
    aov = packet.trend("aov")
    assert (aov.value, aov.previous, aov.share) == (106, 100, Decimal("0.055"))
    assert "+5.5%" in files_of(packet)[Form.HTML].decode()


def test_the_week_in_which_the_clocks_change(shops: Storefront) -> None:
    """Monday, 26 October, 00:00 is 07:00 in UTC; Monday, 2 November, 00:00 is 08:00 in UTC."""
    started = [
        *(datetime(2026, 10, 26, 6, 59, tzinfo=UTC), datetime(2026, 10, 26, 7, tzinfo=UTC)),
        *(datetime(2026, 11, 2, 7, 59, tzinfo=UTC), datetime(2026, 11, 2, 8, tzinfo=UTC)),
    ]
    with shops.database.jobs() as session:
        session.add_all(
            Run(
                run_id=new_id(),
                warehouse="test",
                kind="refresh",
                status="completed",
                started_at=at,
                shops=[ROD],
            )
            for at in started
        )
    packet = packet_of(shops, week=Week.parse("2026-W44"))
    assert packet.trend("revenue").value == 560, "seven days of 80"
    assert packet.trend("revenue").previous == 420, "seven days of 60"
    assert len(packet.days) == 7
    runs = {each.title: each.value for each in packet.health.figures}["Runs completed"]
    assert runs == "2 of 2"


def test_one_blocked_mart_takes_its_own_part_only(storefront: Storefront) -> None:
    rows = rows_of(ROD, "USD", DAYS) | {"fct_roas": credited()}
    storefront.unpublish(ROD)
    publish(storefront, ROD, rows)
    reason = "Credits differ from orders."
    publish(storefront, ROD, rows, blocked={ROD: {"fct_roas": [reason]}})
    packet = packet_of(storefront)
    assert packet.trend("revenue").value == 840
    assert drivers(packet, "orders-and-value") == {
        "Number of orders": 315,
        "Order value (AOV)": -175,
    }
    assert reason in (packet.breakdown("channel").why or "")
    assert packet.breakdown("channel").drivers == ()
