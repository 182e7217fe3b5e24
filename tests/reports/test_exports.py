"""The file holds what the page shows, says what it is, and runs nothing in anybody's spreadsheet."""

import csv
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from hotdash.insights.metrics.period import Compare, Period, Range
from hotdash.insights.tiles.engine import load_tile
from hotdash.reports.exports import load_revenue_export, revenue_csv
from tests.fixtures.marts import Publisher, revenue_day
from tests.fixtures.shops import SeededShop

SHOP = "hot-rod-an"
WEEK = Period(Range.DAYS_7, Compare.PREVIOUS)
LAST = date(2026, 11, 20)


def days(count: int = 14, **values: Any) -> list[dict[str, Any]]:
    return [
        revenue_day(SHOP, LAST - timedelta(days=offset), f"{offset}.5", **values)
        for offset in range(count)
    ]


def lines_of(publisher: Publisher, shop: SeededShop, period: Period = WEEK) -> list[list[str]]:
    with publisher.database.as_user(shop.owner_id) as session:
        export = load_revenue_export(session, SHOP, period, publisher.clock.now())
    return list(csv.reader(revenue_csv(export)))


def heading(lines: list[list[str]]) -> dict[str, list[str]]:
    return {line[0]: line[1:] for line in lines if line[0].startswith("# ")}


def table(lines: list[list[str]]) -> list[dict[str, str]]:
    names, *rows = [line for line in lines if not line[0].startswith("# ")]
    return [dict(zip(names, row, strict=True)) for row in rows]


def test_the_days_are_those_of_the_page(publisher: Publisher, shop: SeededShop) -> None:
    publisher.build({"fct_revenue": days(refunds=Decimal("0.25"))})

    rows = table(lines_of(publisher, shop))

    with publisher.database.as_user(shop.owner_id) as session:
        tile = load_tile(session, "sales-pulse", SHOP, WEEK, publisher.clock.now()).as_json()
    assert [(row["day"], row["revenue"]) for row in rows] == [
        (point["day"], point["value"]) for point in tile["series"]
    ]
    assert [row["compared_revenue"] for row in rows] == [
        point["base_value"] for point in tile["series"]
    ]
    assert sum(Decimal(row["revenue"]) for row in rows) == Decimal(tile["value"])


def test_a_row_holds_every_metric(publisher: Publisher, shop: SeededShop) -> None:
    publisher.build({"fct_revenue": days(refunds=Decimal("9"), counted_orders=3, units=4)})

    assert table(lines_of(publisher, shop))[-1] == {
        "day": "2026-11-20",
        "revenue": "-8.50",
        "orders": "3",
        "aov": "-2.83",
        "units": "4",
        "refunds": "9.00",
        "compared_day": "2026-11-13",
        "compared_revenue": "-1.50",
        "compared_orders": "3",
        "compared_aov": "-0.50",
        "compared_units": "4",
        "compared_refunds": "9.00",
    }


def test_the_heading_says_what_it_is(publisher: Publisher, shop: SeededShop) -> None:
    (published, *_) = publisher.build({"fct_revenue": days()})

    said = heading(lines_of(publisher, shop))

    assert said == {
        "# Shop": ["Hot Rod An", "hot-rod-an"],
        "# Period": ["Last 7 days", "2026-11-14", "2026-11-20"],
        "# Compared with": ["Previous period", "2026-11-07", "2026-11-13"],
        "# Days": ["of the shop, America/Los_Angeles, today excluded"],
        "# Currency": ["USD"],
        "# Metrics": ["revenue v1", "orders v1", "aov v1", "units v1", "refunds v1"],
        "# Build": [str(published.build_id)],
        "# Complete through": ["shopify", "2026-11-21T18:00:00.000000Z"],
    }


def test_the_heading_says_what_keeps_a_newer_build_back(
    publisher: Publisher, shop: SeededShop
) -> None:
    publisher.build({"fct_revenue": days()})
    assert "# Blocked" not in heading(lines_of(publisher, shop))
    publisher.clock.advance(timedelta(hours=1))
    why = "Shopify counts 412 orders on 19 Nov 2026, we hold 409."
    publisher.build({"fct_revenue": days(20)}, blocked={SHOP: {"fct_revenue": [why]}})

    lines = lines_of(publisher, shop)

    since, check, sentence, mend = heading(lines)["# Blocked"]
    assert (since, check, sentence) == ("2026-11-21T19:00:00.000000Z", "publication", why)
    assert "hotdash run" in mend
    assert len(table(lines)) == 7


def test_what_is_not_known_stays_empty(publisher: Publisher, shop: SeededShop) -> None:
    publisher.build({"fct_revenue": days(count=1)})

    rows = table(lines_of(publisher, shop, Period(Range.DAYS_7, Compare.NONE)))

    assert [row["revenue"] for row in rows] == ["", "", "", "", "", "", "0.50"]
    assert {row["compared_day"] for row in rows} == {""}


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_text_is_never_a_formula(publisher: Publisher, shop: SeededShop, start: str) -> None:
    name = f"{start}cmd|' /C calc'!A1"
    with publisher.database.jobs() as session:
        session.execute(text("update app.shops set name = :name"), {"name": name})
    publisher.build({})
    with publisher.database.as_user(shop.owner_id) as session:
        export = load_revenue_export(session, SHOP, WEEK, publisher.clock.now())

    (first, *_) = csv.reader([next(revenue_csv(export))], strict=True)

    assert first[1] == f"'{name}"


def test_the_file_is_named_after_shop_and_days(publisher: Publisher, shop: SeededShop) -> None:
    publisher.build({})
    with publisher.database.as_user(shop.owner_id) as session:
        export = load_revenue_export(session, SHOP, WEEK, publisher.clock.now())
    assert export.file_name == "revenue-hot-rod-an-2026-11-14-2026-11-20.csv"
