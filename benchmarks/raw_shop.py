"""A shop of any size, written straight into raw tables: two years of orders, refunds, journeys and ads."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from benchmarks.raw_operations import store_statements, support_statements, web_statements
from hotdash.storage.warehouse.contract import Warehouse
from hotdash.storage.warehouse.factory import open_warehouse
from hotdash.storage.warehouse.load_ledger import Load, Reading, begin, commit
from tests.fixtures.raw_world import FIRST_LOAD, RawWorld

SHOP = "large"
DAYS = 730
_FIRST_DAY = (FIRST_LOAD - timedelta(days=DAYS)).date()

# A number that looks drawn at random, but is the same in every run.
_DRAWN = "(hash({what}, {salt}) % {below})::bigint"


@dataclass(frozen=True)
class Size:
    orders: int
    lines_per_order: int
    """On average: a third has one less, a third one more."""
    half_lines: bool = False
    touches_per_order: int = 5

    @property
    def told(self) -> str:
        lines = self.orders * (2 * self.lines_per_order + self.half_lines) // 2
        return f"{self.orders:,} orders, {lines:,} lines, {self.orders * self.touches_per_order:,} touches"


def write_shop(folder: Path, size: Size) -> None:
    warehouse = open_warehouse("duckdb", home=folder, memory_mb=1024, url=None)
    world = RawWorld(warehouse)
    world.shop(SHOP, "America/Chicago")
    _in_one_load(world, _statements(size, first=1, last=size.orders))
    _in_one_load(world, support_statements(), "load-0003", "chatwoot")
    _in_one_load(world, web_statements(_FIRST_DAY, DAYS), "load-0004", "ga4")
    warehouse.close()


def tell_an_hour(warehouse: Warehouse, size: Size, turn: int, orders: int = 12) -> None:
    """The newest hour: as many orders as such a shop gets in one; in each turn others are told."""
    world = object.__new__(RawWorld)
    world.warehouse, world.loads = warehouse, 100
    first = size.orders + 1 + orders * turn
    statements = _order_statements(size, first, first + orders - 1, hour=True)
    _in_one_load(world, statements, f"load-{101 + turn:04d}")


def _in_one_load(
    world: RawWorld, statements: list[str], load_id: str = "load-0002", source: str = "shopify"
) -> None:
    at = FIRST_LOAD + timedelta(hours=int(load_id.removeprefix("load-")))
    load = Load(load_id, SHOP, source, "run")
    begin(world.warehouse, load, at)
    stamps = (
        f"'{SHOP}' as shop_id, '{load_id}' as load_id, timestamptz '{at.isoformat()}' as fetched_at"
    )
    for statement in statements:
        world.warehouse.execute(statement.replace("{stamps}", stamps))
    commit(world.warehouse, load, Reading({}, at), 0, at)


def _statements(size: Size, first: int, last: int) -> list[str]:
    return [
        *_catalogue(size),
        *store_statements(),
        *_order_statements(size, first, last, hour=False),
        *_slices(),
    ]


def _drawn(what: str, below: int, salt: int = 0) -> str:
    return _DRAWN.format(what=what, below=below, salt=salt)


def _catalogue(size: Size) -> list[str]:
    customers = max(size.orders * 6 // 10, 1)
    return [
        f"""insert into raw.shopify_customers by name
            select {{stamps}}, false as is_deleted, i as customer_id, 'c' || i || '@mail.example' as email,
                timestamptz '{_FIRST_DAY}' as created_at, timestamptz '{_FIRST_DAY}' as updated_at
            from range(1, {customers} + 1) as r (i)""",
        f"""insert into raw.shopify_products by name
            select {{stamps}}, false as is_deleted, i as product_id, 'Part ' || i as title,
                ['AN Fittings', 'Hose', 'Fuel', 'Cooling'][1 + i % 4] as product_type, 'ACTIVE' as status,
                timestamptz '{_FIRST_DAY}' as created_at, timestamptz '{_FIRST_DAY}' as updated_at
            from range(1, 1001) as r (i)""",
        f"""insert into raw.shopify_variants by name
            select {{stamps}}, false as is_deleted, i as variant_id, i as product_id, 'AN-' || i as sku,
                10 + i % 90 as price, i as inventory_item_id,
                timestamptz '{_FIRST_DAY}' as created_at, timestamptz '{_FIRST_DAY}' as updated_at
            from range(1, 1001) as r (i)""",
        f"""insert into raw.shopify_inventory_items by name
            select {{stamps}}, false as is_deleted, i as inventory_item_id, 'AN-' || i as sku,
                true as is_tracked, 4 + i % 30 as unit_cost, 'USD' as cost_currency,
                timestamptz '{_FIRST_DAY}' as created_at, timestamptz '{_FIRST_DAY}' as updated_at
            from range(1, 1001) as r (i)""",
    ]


def _order_statements(size: Size, first: int, last: int, *, hour: bool) -> list[str]:
    seconds = DAYS * 86_400
    placed = (
        f"timestamptz '{FIRST_LOAD.isoformat()}' + to_seconds(i % 3600)"
        if hour
        else f"timestamptz '{_FIRST_DAY}' + to_seconds((i * {seconds // size.orders})::bigint)"
    )
    orders = f"(select i, {placed} as placed from range({first}, {last} + 1) as r (i))"
    lines = f"{size.lines_per_order} + i % 3 - 1" + (" + i % 2" if size.half_lines else "")
    is_refunded = "i % 20 = 0"
    return [
        f"""insert into raw.shopify_orders by name
            select {{stamps}}, false as is_deleted, i as order_id, '#' || i as name,
                placed as created_at, placed as processed_at, placed as updated_at,
                case when {is_refunded} then 'PARTIALLY_REFUNDED' when i % 50 = 1 then 'VOIDED' else 'PAID' end
                    as financial_status,
                false as is_test, 'USD' as currency, 'USD' as presentment_currency,
                false as taxes_included,
                case when i % 25 > 0 then 1 + {_drawn("i", max(size.orders * 6 // 10, 1), 1)} end
                    as customer_id,
                100 as total_price, 'US' as ship_country
            from {orders}""",
        f"""insert into raw.shopify_order_lines by name
            select {{stamps}}, false as is_deleted, i as order_id, i * 100 + n as line_id,
                1 + {_drawn("i * 100 + n", 1000, 2)} as product_id,
                1 + {_drawn("i * 100 + n", 1000, 2)} as variant_id, 'AN' as sku, 'Part' as title,
                1 + n % 2 as quantity, 1 + n % 2 as current_quantity, 10 + n as unit_price,
                (10 + n) * (1 + n % 2) as original_total, case when i % 6 = 0 then 1.5 else 0 end as discount_total,
                0.8 as tax_total, 0.08 as tax_rate, false as is_gift_card
            from {orders}, unnest(range(1, {lines} + 1)) as l (n)""",
        f"""insert into raw.shopify_order_shipping_lines by name
            select {{stamps}}, false as is_deleted, i as order_id, i as shipping_line_id, 'Ground' as title,
                9.5 as original_amount, 9.5 as discounted_amount, 0.5 as tax_total, false as is_removed
            from {orders}""",
        f"""insert into raw.shopify_refunds by name
            select {{stamps}}, false as is_deleted, i as order_id, i as refund_id,
                placed + interval '6 days' as created_at, placed + interval '6 days' as processed_at,
                placed + interval '6 days' as updated_at, 11 as total_refunded
            from {orders} where {is_refunded}""",
        f"""insert into raw.shopify_refund_lines by name
            select {{stamps}}, false as is_deleted, i as order_id, i as refund_id, i as refund_line_id,
                i * 100 + 1 as line_id, 1 as quantity, 11 as subtotal, 0.8 as total_tax
            from {orders} where {is_refunded}""",
        f"""insert into raw.shopify_transactions by name
            select {{stamps}}, false as is_deleted, i as order_id, i as transaction_id, 'SALE' as kind,
                'SUCCESS' as status, 'shopify_payments' as gateway, false as is_test, 100 as amount,
                'USD' as currency, 3.2 as fee_amount, placed as created_at, placed as processed_at
            from {orders}""",
        f"""insert into raw.shopify_customer_journeys by name
            select {{stamps}}, false as is_deleted, i as order_id, placed as order_created_at,
                true as journey_ready, 3 as days_to_conversion, {size.touches_per_order} as visits
            from {orders}""",
        f"""insert into raw.shopify_customer_visits by name
            select {{stamps}}, false as is_deleted, i as order_id, i * 10 + n as visit_id,
                placed - to_seconds({_drawn("i * 10 + n", 20 * 86_400, 3)}) as occurred_at,
                'https://www.shop.example/' as landing_page,
                ['google', 'facebook', 'newsletter', 'bing', null][1 + {_drawn("i * 10 + n", 5, 4)}] as utm_source,
                ['cpc', 'paid_social', 'email', 'organic', null][1 + {_drawn("i * 10 + n", 5, 4)}] as utm_medium,
                'c' || {_drawn("i * 10 + n", 20, 5)} as utm_campaign
            from {orders}, unnest(range(1, {size.touches_per_order} + 1)) as v (n)""",
        f"""insert into raw.shopify_fulfillments by name
            select {{stamps}}, false as is_deleted, i as fulfillment_id, i as order_id, 'SUCCESS' as status,
                'DELIVERED' as display_status, 'UPS' as carrier, 1 as quantity, placed as created_at,
                placed as updated_at, placed + interval '1 day' as in_transit_at,
                placed + interval '4 days' as delivered_at, placed + interval '5 days' as estimated_delivery_at
            from {orders}""",
    ]


def _slices() -> list[str]:
    """Two years of ad days, told as complete."""
    days = f"(select (date '{_FIRST_DAY}' + i::int)::date as day from range(0, {DAYS}) as r (i))"
    return [
        f"""insert into raw.google_ads_campaign_days by name
            select {{stamps}}, day, c as campaign_id, 1 as customer_id, 'c' || c as campaign_name,
                10 + c as cost, 100 as clicks, 1000 as impressions, 2 as conversions,
                120 as conversions_value, 'USD' as currency, 'America/Chicago' as timezone
            from {days}, range(0, 20) as k (c)""",
        f"""insert into raw.meta_ads_campaign_days by name
            select {{stamps}}, day, c as campaign_id, 1 as account_id, 'c' || c as campaign_name,
                8 + c as spend, 1000 as impressions, 50 as clicks, 2 as purchases, 99 as purchase_value,
                'USD' as currency, 'America/Chicago' as timezone
            from {days}, range(0, 20) as k (c)""",
        f"""insert into raw.slice_days by name
            select {{stamps}}, name as table_name, day
            from {days}, (values ('google_ads_campaign_days'), ('meta_ads_campaign_days')) as t (name)""",
    ]
