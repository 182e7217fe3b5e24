"""What happened per shop and day, of every series that is watched: one statement over the marts."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from hotdash.base.clock import days_between, local_day
from hotdash.storage.warehouse.contract import Warehouse, rows

# Revenue is told before refunds: they come later and would make every new day look good.
_SERIES = """
    with told as (
        select shop_id, 'orders' as series, day, cast(counted_orders as numeric(38,4)) as value,
            cast(null as text) as timezone, true as is_final
        from marts.fct_revenue where counted_orders > 0
        union all
        select shop_id, 'revenue', day, cast(gross_sales - discounts as numeric(38,4)), null, true
        from marts.fct_revenue where counted_orders > 0
        union all
        select shop_id, 'units', day, cast(units as numeric(38,4)), null, true
        from marts.fct_revenue where counted_orders > 0
        union all
        select shop_id, 'spend_' || platform, day,
            case when count(spend) = count(*) then cast(sum(spend) as numeric(38,4)) end,
            max(account_timezone), true
        from marts.fct_ad_spend group by shop_id, platform, day
        union all
        select shop_id, 'sessions', day, cast(sum(sessions) as numeric(38,4)), max(timezone),
            max(case when is_provisional then 1 else 0 end) = 0
        from marts.fct_sessions group by shop_id, day
        union all
        select shop_id, 'search_clicks', day, cast(sum(clicks) as numeric(38,4)), max(timezone), true
        from marts.fct_search_totals group by shop_id, day
        union all
        select shop_id, 'conversations', day, cast(count(*) as numeric(38,4)), max(timezone), true
        from marts.fct_conversations group by shop_id, day
    )

    select told.shop_id, told.series, told.day, told.value, told.is_final,
        coalesce(told.timezone, shops.timezone) as timezone
    from told
    left join marts.dim_shops as shops on shops.shop_id = told.shop_id
    where told.day >= ? and told.day <= ?
    order by told.shop_id, told.series, told.day
"""


@dataclass(frozen=True)
class DailySeries:
    """The days belong to the timezone; the value of a day is none where it could not be told."""

    shop_id: str
    name: str
    timezone: str
    told: Mapping[date, Decimal | None] = field(default_factory=dict[date, Decimal | None])
    provisional: frozenset[date] = frozenset()

    def last_closed(self, read_through: datetime) -> date:
        """The newest day that was over when its source was last read, and that changes no more."""
        day = local_day(read_through, self.timezone) - timedelta(days=1)
        return min([day, *(each - timedelta(days=1) for each in self.provisional)])

    def through(self, day: date) -> dict[date, Decimal]:
        """Every day from the first one told to this one; a day of which nothing was told had nothing."""
        first = min(self.told, default=day)
        every = {each: self.told.get(each, Decimal(0)) for each in days_between(first, day)}
        return {each: value for each, value in every.items() if value is not None}


def daily_series(warehouse: Warehouse, first: date, last: date) -> list[DailySeries]:
    """Series of shops whose timezone is known, with what happened between these days."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in rows(warehouse.query(_SERIES, [first, last])):
        if row["timezone"] is not None:
            found.setdefault((row["shop_id"], row["series"]), []).append(row)
    return [
        DailySeries(
            shop_id,
            name,
            told[-1]["timezone"],
            {row["day"]: row["value"] for row in told},
            frozenset(row["day"] for row in told if not row["is_final"]),
        )
        for (shop_id, name), told in found.items()
    ]
