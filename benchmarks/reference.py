"""The least a machine must do for revenue by shop and day: one statement over the raw rows."""

import resource
from pathlib import Path

import duckdb

MINIMUM = """
create temp table revenue_by_day as
with newest as (
    select shop_id, order_id, processed_at, load_id, fetched_at
    from raw.shopify_orders
    where financial_status in ('PAID', 'PARTIALLY_REFUNDED', 'REFUNDED')
        and cancelled_at is null and not is_test
    qualify row_number() over (partition by shop_id, order_id order by updated_at desc) = 1
),
goods as (
    select l.shop_id, l.order_id, sum(l.original_total - l.discount_total) as amount
    from raw.shopify_order_lines as l
    join newest as n using (shop_id, order_id, load_id, fetched_at)
    where not l.is_gift_card
    group by all
)
select
    n.shop_id,
    cast(timezone('America/Chicago', n.processed_at) as date) as sold_on,
    count(*) as orders,
    sum(g.amount) as amount
from newest as n
join goods as g using (shop_id, order_id)
group by all
"""


def reference_cpu_seconds(file: Path) -> float:
    with duckdb.connect(str(file), read_only=True) as connection:
        connection.execute("load icu")
        before = cpu_seconds()
        connection.execute(MINIMUM)
        return max(cpu_seconds() - before, 0.001)


def cpu_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime
