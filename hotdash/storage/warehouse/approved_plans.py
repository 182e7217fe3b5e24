"""Plans that were agreed to, laid where whoever works with dbt alone finds them: dbt knows no app database."""

from collections.abc import Sequence
from datetime import date, datetime

from hotdash.storage.warehouse.contract import Warehouse

_CREATE = """
    create table if not exists raw.approved_plans (
      plan_id text not null,
      plan_hash text not null,
      shop_id text not null,
      first_day date not null,
      last_day date not null,
      expires_at timestamptz not null
    )
"""

_APPEND = """
    insert into raw.approved_plans
      (plan_id, plan_hash, shop_id, first_day, last_day, expires_at)
    values (?, ?, ?, ?, ?, ?)
"""


def hand_out_plan(
    warehouse: Warehouse,
    plan_id: str,
    plan_hash: str,
    shops: Sequence[str],
    days: tuple[date, date],
    expires_at: datetime,
) -> None:
    """Nothing in raw is changed: handed out again, it holds until the later end."""
    warehouse.execute(_CREATE)
    for shop_id in shops:
        warehouse.execute(_APPEND, [plan_id, plan_hash, shop_id, *days, expires_at])
