"""Cohorts, stock and hours as they were written: computed by hand."""

from datetime import UTC, date, datetime
from decimal import Decimal

from hotdash.insights.metrics.period import Period, Range
from hotdash.insights.patterns.patterns import StockCell, load_patterns
from tests.fixtures.marts import Publisher, mart_row, order
from tests.fixtures.shops import SeededShop

ROD = "hot-rod-an"
OCTOBER = date(2026, 10, 1)


def cohort(month: date, age: int, ordering: int) -> dict[str, object]:
    told = {"age_months": age, "customers": 8, "ordering_customers": ordering}
    return mart_row("fct_cohorts", shop_id=ROD, day=month, **told)


def level(
    item: int, location: int, name: str, category: str | None, units: int
) -> dict[str, object]:
    return mart_row(
        "fct_stock_levels",
        shop_id=ROD,
        inventory_item_id=item,
        location_id=location,
        location_name=name,
        category=category,
        available=units,
        stock_value=Decimal(units) * 2,
    )


def test_what_repeats(publisher: Publisher, shop: SeededShop) -> None:
    # 01:30 UTC on Saturday 21 November is 17:30 on Friday in Los Angeles.
    friday = datetime(2026, 11, 21, 1, 30, tzinfo=UTC)
    day = date(2026, 11, 20)
    publisher.build(
        {
            "fct_orders": [
                order(ROD, 1, day, "10", processed_at=friday),
                order(ROD, 2, day, "10", processed_at=friday),
                order(ROD, 3, day, "10", processed_at=friday, is_counted=False),
                order(ROD, 4, date(2026, 11, 1), "10", processed_at=friday),
            ],
            "fct_cohorts": [
                cohort(OCTOBER, 0, 8),
                cohort(OCTOBER, 1, 3),
                cohort(date(2025, 11, 1), 0, 8),
            ],
            "fct_stock_levels": [
                level(1, 1, "Garage", "Hose", 5),
                level(2, 1, "Garage", "Hose", 2),
                level(1, 2, "Store", "Hose", 1),
                level(3, 2, "Store", None, 4),
            ],
        }
    )
    now = publisher.clock.now()
    with publisher.database.as_user(shop.owner_id) as session:
        found = load_patterns(session, ROD, Period(Range.DAYS_7), now)

    assert found.hours is not None
    assert found.hours.orders == {(5, 17): 2}
    (told,) = found.cohorts
    assert (told.month, told.customers) == (OCTOBER, 8)
    assert told.shares == {0: Decimal(1), 1: Decimal("0.375")}
    assert found.stock == {
        ("Hose", "Garage"): StockCell(7, Decimal(14)),
        ("Hose", "Store"): StockCell(1, Decimal(2)),
        (None, "Store"): StockCell(4, Decimal(8)),
    }
