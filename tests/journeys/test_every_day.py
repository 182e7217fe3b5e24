"""The number on the page is the number a person computes from the shop's own order list, on every day."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import text

from hotdash.base.clock import local_day
from hotdash.base.progress import SilentProgress
from hotdash.insights.metrics.period import Period
from hotdash.insights.metrics.query.answer import Cell
from hotdash.insights.metrics.query.query import query
from hotdash.insights.metrics.query.question import Question
from hotdash.insights.tiles.engine import load_tile
from hotdash.jobs.import_rates import import_rates, remove_rate
from hotdash.jobs.refresh import RefreshContext, refresh
from hotdash.simulators.orders import Order
from hotdash.simulators.world import World
from hotdash.storage.appdb.session import Database
from hotdash.storage.warehouse.factory import open_warehouse
from tests.fixtures.shops import add_shop
from tests.fixtures.simulator import UNTIL, Connecting

PAID = {"PAID", "PARTIALLY_REFUNDED", "REFUNDED"}
SHOPS = ("hot-rod-an", "kanto-garage", "nordkurve-teile")
# Days picked from the simulator's order lists and added up on paper.
ON_PAPER = {
    # #HR10147: 157.98-31.59 + 22.39-4.47 + 76.29-15.25 + 9.79-1.95 + 48.38-9.67; a gift card does not count
    ("hot-rod-an", date(2025, 10, 31)): Decimal("251.90"),
    # #HR10027: 18.59 + 80.59, of which 18.59 came back; shipping 14.95; tax on top of all is left out
    ("hot-rod-an", date(2025, 2, 4)): Decimal("95.54"),
    # #KG3027: 4130, all of it came back; shipping 880 was kept
    ("kanto-garage", date(2025, 7, 12)): Decimal("880"),
    # #NT5027: 14.39 with 2.30 tax inside, all of it came back; shipping 5.90 with 0.94 tax inside was kept
    ("nordkurve-teile", date(2025, 4, 28)): Decimal("4.96"),
    # #NT5020, less discount and the tax inside: 30.90 + 269.17 + 7.33 + 56.71 + 28.36 + 86.29 + 186.88
    ("nordkurve-teile", date(2025, 3, 23)): Decimal("665.64"),
}


# One unit of each shop's currency in dollars, on a day that was added up on paper.
RATES = "day,base,quote,rate\n2025-07-12,JPY,USD,0.0068\n2025-04-28,EUR,USD,1.14\n"
CORRECTED = "day,base,quote,rate\n2025-07-12,JPY,USD,0.0067\n"
KANTO, NORDKURVE = ("kanto-garage", date(2025, 7, 12)), ("nordkurve-teile", date(2025, 4, 28))


def untaxed(amount: int, tax: int, order: Order) -> int:
    return amount - tax if order.shop.taxes_included else amount


def revenue_by_hand(order: Order) -> int:
    """In minor units: goods less discounts and refunds, shipping less its refunds; no tax, no gift cards."""
    if order.financial_status not in PAID or order.cancelled_at is not None or order.is_test:
        return 0
    total = 0
    gift_cards = {line.line_id for line in order.lines if line.is_gift_card}
    for line in order.lines:
        if not line.is_gift_card:
            total += untaxed(line.original_total - line.discount_total, line.tax_total, order)
    for shipping in order.shipping_lines:
        if not shipping.is_removed:
            total += untaxed(shipping.discounted_amount, shipping.tax_total, order)
    for refund in order.refunds:
        for line in refund.lines:
            if line.line_id not in gift_cards:
                total -= untaxed(line.subtotal, line.total_tax, order)
        for shipping in refund.shipping_lines:
            total -= untaxed(shipping.subtotal, shipping.tax_amount, order)
        for adjustment in refund.adjustments:
            total += adjustment.amount
    return total


def days_by_hand(world: World, shop_id: str, instant: datetime) -> dict[date, Decimal]:
    shop = world.of(shop_id)
    minor: dict[date, int] = defaultdict(int)
    for order in shop.orders_as_of(int(instant.timestamp())):
        placed = datetime.fromtimestamp(order.processed_at, UTC)
        minor[local_day(placed, shop.shop.timezone)] += revenue_by_hand(order)
    return {day: shop.shop.money(amount) for day, amount in minor.items()}


@dataclass
class House:
    database: Database
    context: RefreshContext
    world: World
    connecting: Connecting
    owners: dict[str, UUID]

    def in_dollars(self, shop_id: str, day: date) -> Cell:
        """As its owner, under row-level security."""
        asked = Question.parse(
            shops=[shop_id], metrics=["revenue"], first=day, last=day, currency="USD"
        )
        with self.database.as_user(self.owners[shop_id]) as session:
            return query(session, asked, self.context.clock.now()).only("revenue")

    def days(self, shop_id: str) -> dict[date, Decimal]:
        with self.database.jobs() as session:
            found = session.execute(
                text(
                    "select day, gross_sales - discounts - refunds + shipping - shipping_refunds as revenue"
                    " from serving.current_fct_revenue where shop_id = :shop_id"
                ),
                {"shop_id": shop_id},
            )
            return {row.day: row.revenue for row in found}


@pytest.fixture
def house(
    database: Database, world: World, connecting: Connecting, tmp_path: Path
) -> Iterator[House]:
    with database.jobs() as session:
        owners = {
            shop.shop_id: add_shop(
                session, shop.shop_id, timezone=shop.timezone, currency=shop.currency
            ).owner_id
            for shop in world.shops
        }
    warehouse = open_warehouse("duckdb", home=tmp_path, memory_mb=1024, url=None)
    context = RefreshContext(
        database=database,
        warehouse=warehouse,
        connectors={shop_id: [connecting.connector(shop_id)] for shop_id in SHOPS},
        home=tmp_path,
        clock=connecting.simulator,
        fresh_soft=timedelta(hours=1),
        fresh_hard=timedelta(hours=24),
        publication_keep=timedelta(days=7),
    )
    yield House(database, context, world, connecting, owners)
    warehouse.close()


def differences(found: dict[date, Decimal], by_hand: dict[date, Decimal]) -> dict[date, str]:
    return {
        day: f"ours {found.get(day)}, by hand {by_hand.get(day)}"
        for day in sorted(found.keys() | by_hand.keys())
        if found.get(day, Decimal(0)) != by_hand.get(day, Decimal(0))
    }


def test_every_day_of_every_shop_equals_the_order_list(house: House) -> None:
    import_rates(house.database, SHOPS, RATES, actor="ana", clock=house.context.clock)
    refresh(house.context, SilentProgress())
    for shop_id in SHOPS:
        by_hand = days_by_hand(house.world, shop_id, UNTIL)
        assert len([amount for amount in by_hand.values() if amount]) > 30
        assert differences(house.days(shop_id), by_hand) == {}, shop_id
    for (shop_id, day), on_paper in ON_PAPER.items():
        assert house.days(shop_id)[day] == on_paper, (shop_id, day)

    # 880 * 0.0068 and 4.96 * 1.14
    assert house.in_dollars(*KANTO).value == Decimal("5.984")
    assert house.in_dollars(*NORDKURVE).value == Decimal("5.6544")
    assert_rates_are_ones_own(house)

    house.connecting.simulator.advance(timedelta(days=9))
    clock = house.context.clock
    import_rates(house.database, SHOPS, CORRECTED, actor="ana", clock=clock)
    remove_rate(house.database, [], NORDKURVE[1], "EUR", "USD", actor="ana", clock=clock)
    refresh(house.context, SilentProgress())
    later = house.connecting.simulator.now()
    for shop_id in SHOPS:
        by_hand = days_by_hand(house.world, shop_id, later)
        assert by_hand != days_by_hand(house.world, shop_id, UNTIL), "something happened since"
        assert differences(house.days(shop_id), by_hand) == {}, shop_id
        assert_tile_equals(house, shop_id, by_hand, later)

    # 880 * 0.0067; the other rate was taken back.
    assert house.in_dollars(*KANTO).value == Decimal("5.896")
    without = house.in_dollars(*NORDKURVE)
    assert without.value is None
    assert without.why is not None
    assert without.why.startswith("No rate converts EUR of nordkurve-teile to USD on 2025-04-28")


def assert_rates_are_ones_own(house: House) -> None:
    for shop_id, user_id in house.owners.items():
        with house.database.as_user(user_id) as session:
            for table in ("app.exchange_rates", "serving.dim_exchange_rates"):
                found = session.scalars(text(f"select shop_id from {table}")).all()
                assert found, table
                assert set(found) == {shop_id}, table


def assert_tile_equals(
    house: House, shop_id: str, by_hand: dict[date, Decimal], now: datetime
) -> None:
    today = local_day(now, house.world.of(shop_id).shop.timezone)
    for days in (7, 30, 90):
        with house.database.jobs() as session:
            tile = load_tile(
                session, "sales-pulse", shop_id, Period.parse(f"{days}d", "previous"), now
            )
        expected = sum(
            (by_hand.get(today - timedelta(days=back), Decimal(0)) for back in range(1, days + 1)),
            Decimal(0),
        )
        assert Decimal(str(tile.value)) == expected, (shop_id, days)
