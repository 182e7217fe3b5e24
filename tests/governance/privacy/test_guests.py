"""A guest is known by address alone: erased, they are still one customer, and under no pseudonym they had."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from hotdash.base.clock import FixedClock
from hotdash.base.email_hash import email_hash
from hotdash.base.ids import new_id
from hotdash.governance.privacy.erase import Asking
from hotdash.governance.privacy.stores import BY_KEYS
from hotdash.jobs.parity import serving_parity
from hotdash.jobs.privacy import PrivacyDesk
from hotdash.pipeline.publish.publish import publish
from hotdash.pipeline.publish.served_days import BuiltRows
from hotdash.pipeline.transform.build import BuildMode
from hotdash.storage.appdb.repositories.personal_rows import served_tables
from hotdash.storage.appdb.repositories.publications import Outcome
from hotdash.storage.appdb.repositories.served_keys import KEY, exchange_keys
from hotdash.storage.appdb.session import Database
from hotdash.storage.marts import published_marts
from tests.fixtures import planted_person as person
from tests.fixtures.raw_orders import Line, Order
from tests.fixtures.raw_world import RawWorld
from tests.fixtures.shops import add_shop
from tests.fixtures.warehouses import AS_OF, BuiltWarehouse, OpenBuilt
from tests.governance.privacy.conftest import NOW

SHOP = "guests-only"
GUEST, OTHER = "guest.person@mail.example", "somebody.else@mail.example"
ASKING = Asking("program:test", "asked by letter 12")
WORTH = f"""
    select customer_key, sum(gross_sales) as worth, count(*) as orders,
      count(case when is_first_order then 1 end) as firsts
    from marts.fct_orders where shop_id = '{SHOP}' group by 1
"""


def old_key() -> str:
    told = "\x1f".join((SHOP, "address", email_hash(GUEST) or ""))
    return hashlib.md5(told.encode()).hexdigest()


@dataclass
class House:
    database: Database
    built: BuiltWarehouse
    world: RawWorld
    published: int = 0

    def order(self, order_id: int, day: str, price: str, email: str) -> None:
        order = Order(order_id, f"{day}T12:00:00Z", [Line(order_id, price)], email=email)
        self.world.load(SHOP, [order], days={day: 1})

    def build(self, mode: BuildMode) -> None:
        assert self.built.build(mode).mode is mode

    def publish(self) -> dict[str, Outcome]:
        """Each a week after the one before, so that what is served is proven every time."""
        self.published += 1
        clock = FixedClock(AS_OF + timedelta(weeks=self.published))
        as_of = {SHOP: {"shopify": AS_OF}}
        done = publish(
            self.database, self.built.warehouse, new_id(), [SHOP], {}, as_of, clock, may_shrink=True
        )
        return {each.mart: each.outcome for each in done}

    def erase(self) -> None:
        self.desk.erase(SHOP, GUEST, ASKING)

    @property
    def desk(self) -> PrivacyDesk:
        home = self.built.home
        databases = frozenset({home / "warehouse.duckdb", home / "warehouse.duckdb.wal"})
        return PrivacyDesk(self.database, self.built.warehouse, home, FixedClock(NOW), databases)

    def worth(self) -> list[tuple[Decimal, int, int]]:
        """Of each customer the sales, the orders, and how many of them were the first."""
        found = self.built.rows(WORTH)
        return sorted((row["worth"], row["orders"], row["firsts"]) for row in found)

    def served(self) -> list[tuple[Decimal, int]]:
        with self.database.jobs() as session:
            found = session.execute(
                text(
                    """select sum(gross_sales), count(*) from serving.current_fct_orders
                       where shop_id = :shop group by customer_key order by 1"""
                ),
                {"shop": SHOP},
            )
            return [(row[0], row[1]) for row in found]

    def customers_served(self) -> list[Decimal]:
        with self.database.jobs() as session:
            asked = """select revenue from serving.current_dim_customers
                       where shop_id = :shop order by 1"""
            return list(session.scalars(text(asked), {"shop": SHOP}))

    def days(self) -> list[dict[str, Any]]:
        return self.built.rows(
            f"""select cast(day as text) as day, new_customers as new, returning_customers as back
                from marts.fct_customers where shop_id = '{SHOP}' order by day"""
        )

    def is_served_as_published(self) -> bool:
        return not serving_parity(self.database, BuiltRows(self.built.warehouse), SHOP).off

    def places_of(self, key: str) -> list[str]:
        texts = [
            person.texts_of_warehouse(self.built.warehouse),
            person.texts_of_app_database(self.database),
        ]
        return [name for each in texts for name, told in each if key in told]


@pytest.fixture
def house(database: Database, built_on: OpenBuilt) -> Iterator[House]:
    """The guest ordered for 10.00 and 20.00."""
    built = built_on("duckdb")
    with database.jobs() as session:
        add_shop(session, SHOP)
    world = built.new_world()
    world.shop(SHOP, "UTC")
    house = House(database, built, world)
    house.order(1, "2026-05-01", "10.00", GUEST)
    house.order(2, "2026-05-03", "20.00", GUEST)
    house.build(BuildMode.FULL)
    house.publish()
    yield house
    (built.home / "privacy" / "erasures.ndjson").unlink(missing_ok=True)


def test_an_erased_guest_is_still_one_customer(house: House) -> None:
    assert house.worth() == [(Decimal("30.00"), 2, 1)]
    assert {"marts.fct_orders", "marts.dim_customers", "serving.fct_orders"} <= set(
        house.places_of(old_key())
    )

    house.erase()

    assert house.places_of(old_key()) == []
    assert house.served() == [(Decimal("30.00"), 2)]
    assert house.customers_served() == [Decimal("30.00")]
    assert house.is_served_as_published()

    # Another guest on a day of theirs: only what was touched is computed anew.
    house.order(3, "2026-05-03", "5.00", OTHER)
    house.build(BuildMode.INCREMENTAL)

    assert house.worth() == [(Decimal("5.00"), 1, 1), (Decimal("30.00"), 2, 1)]
    assert house.days() == [
        {"day": "2026-05-01", "new": 1, "back": 0},
        {"day": "2026-05-03", "new": 1, "back": 1},
    ]
    assert Outcome.BLOCKED not in house.publish().values()
    assert house.customers_served() == [Decimal("5.00"), Decimal("30.00")]
    assert house.is_served_as_published()
    assert house.places_of(old_key()) == []


def test_a_guest_who_came_back_and_is_erased_again_began_once(house: House) -> None:
    house.erase()
    house.order(4, "2026-05-07", "7.00", GUEST)
    house.build(BuildMode.INCREMENTAL)
    house.publish()
    assert house.worth() == [(Decimal("7.00"), 1, 1), (Decimal("30.00"), 2, 1)]

    house.erase()
    house.build(BuildMode.INCREMENTAL)

    assert house.worth() == [(Decimal("37.00"), 3, 1)]
    assert Outcome.BLOCKED not in house.publish().values()
    assert house.customers_served() == [Decimal("37.00")]
    assert house.is_served_as_published()
    assert house.places_of(old_key()) == []


def test_a_backup_without_the_warehouse_brings_no_pseudonym_back(house: House) -> None:
    """Raw knows the address no more, and published rows hold nothing but a key made of it."""
    house.erase()
    with house.database.jobs() as session:
        [new] = session.scalars(text("select distinct customer_key from serving.dim_customers"))
        tables = served_tables(session, beside=["raw", "marts"])
        exchange_keys(session, tables, SHOP, {new: old_key()})
    assert house.places_of(old_key()) == ["serving.dim_customers", "serving.fct_orders"]

    [proof] = house.desk.replay()

    assert [(each.store, each.held_before) for each in proof.held] == [
        (f"app database: {BY_KEYS}", 3)
    ]
    assert house.places_of(old_key()) == []
    assert house.customers_served() == [Decimal("30.00")]
    assert house.is_served_as_published()
    assert house.desk.replay() == []


def test_whoever_is_two_customers_of_one_part_stays_two_rows_of_it(house: House) -> None:
    """Before the next publication brings both together: what is served keeps its amounts."""
    instead = "f" * 32
    with house.database.jobs() as session:
        session.execute(
            text(
                f"""insert into serving.dim_customers
                    select (jsonb_populate_record(r, jsonb_build_object('customer_key', '{instead}'))).*
                    from serving.dim_customers as r where customer_key = '{old_key()}'"""
            )
        )

        tables = served_tables(session, beside=["raw", "marts"])
        changed = exchange_keys(session, tables, SHOP, {old_key(): instead})
    assert {each.name for each in changed} == {"dim_customers", "fct_orders"}
    with house.database.jobs() as session:
        rows = session.execute(
            text("select customer_key, revenue from serving.dim_customers")
        ).all()
    assert [row[1] for row in rows] == [Decimal("30.00")] * 2
    assert len({row[0] for row in rows}) == 2
    assert old_key() not in {row[0] for row in rows}


def test_every_served_table_with_a_pseudonym_is_a_mart(database: Database) -> None:
    """Of another one nothing would say what to write anew beside it."""
    with database.jobs() as session:
        keyed = {each.name for each in served_tables(session) if KEY in each.columns}
    assert keyed == {name for name, mart in published_marts().items() if KEY in mart.columns}
