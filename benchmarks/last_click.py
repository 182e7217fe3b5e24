"""Last click over published touches, beside a plain sort of the same rows, under a memory limit."""

import sys
from pathlib import Path
from typing import Any

import duckdb
import orjson

from benchmarks.reference import cpu_seconds
from tests.fixtures.processes import own_peak_mb

SORTED = """
create temp table sorted_touches as
select * from marts.fct_touches order by shop_id, order_id, touched_at
"""

# The newest click of the seven days before the order, or none; ranked anew, not read off the mart.
LAST_CLICK = """
create temp table last_clicks as
with winners as (
    select shop_id, order_id, touch_id
    from marts.fct_touches
    where is_click and age_seconds <= 7 * 86400
    qualify row_number() over (
        partition by shop_id, order_id
        order by touched_at desc, case origin when 'shopify' then 0 else 1 end, touch_id
    ) = 1
)
select orders.shop_id, orders.order_id, coalesce(winners.touch_id, 'none') as touch_id
from marts.fct_orders as orders
left join winners using (shop_id, order_id)
where orders.is_counted
"""

# What the mart of all eight models says of the same, held against it.
OF_THE_MART = """
select shop_id, order_id, touch_id from marts.fct_attributed_orders where last_click_share = 1000000
"""


# The shop so many times over, each copy with orders and touches of its own.
COPIED = {
    "fct_orders": "select orders.* replace (order_id + copy * 10000000000 as order_id)",
    "fct_touches": "select orders.* replace (order_id + copy * 10000000000 as order_id, "
    "md5(touch_id || copy) as touch_id)",
    "fct_attributed_orders": "select orders.* replace (order_id + copy * 10000000000 as order_id, "
    "case when touch_id = 'none' then 'none' else md5(touch_id || copy) end as touch_id)",
}


def measured(file: Path, memory_mb: int, copies: int) -> dict[str, Any]:
    many = file.with_name("many.duckdb")
    many.unlink(missing_ok=True)
    with duckdb.connect(str(many)) as connection:
        connection.execute(f"set memory_limit = '{memory_mb}MB'")
        connection.execute(f"set temp_directory = '{file.parent / 'spilled'}'")
        connection.execute(f"attach '{file}' as shop (read_only)")
        connection.execute("create schema marts")
        for mart, rows in COPIED.items():
            copied = f"{rows} from shop.marts.{mart} as orders, range({copies}) as copies (copy)"
            connection.execute(f"create table marts.{mart} as {copied}")
        costs = [_cpu(connection, statement) for statement in (SORTED, LAST_CLICK)]
        connection.execute("drop table sorted_touches")
        differing = connection.execute(
            f"select count(*) from ((table last_clicks except {OF_THE_MART})"
            f" union all ({OF_THE_MART} except table last_clicks))"
        ).fetchone()
        told = connection.execute(
            "select (select count(*) from last_clicks), (select count(*) from marts.fct_touches)"
        ).fetchone()
    assert differing == (0,), "the mart credits other clicks"
    assert told is not None
    return {
        "sort": costs[0],
        "last_click": costs[1],
        "orders": told[0],
        "touches": told[1],
        "peak_mb": own_peak_mb(),
    }


def _cpu(connection: duckdb.DuckDBPyConnection, statement: str) -> float:
    before = cpu_seconds()
    connection.execute(statement)
    return max(cpu_seconds() - before, 0.001)


if __name__ == "__main__":
    sys.stdout.buffer.write(
        orjson.dumps(measured(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
    )
