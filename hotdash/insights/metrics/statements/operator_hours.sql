select
  worked.shop_id,
  worked.day,
  sum(worked.decisions)::bigint as decisions,
  count(*) as operator_hours
from (
  select
    seen.shop_id,
    (seen.at at time zone shop.timezone)::date as day,
    seen.operator,
    date_trunc('hour', seen.at) as hour,
    sum(seen.decisions) as decisions
  from (
    select shop_id, decided_at as at, actor as operator, 1 as decisions from app.decisions
    union all
    select shop_id, occurred_at as at, metadata ->> 'operator' as operator, 0 as decisions
    from app.dashboard_facts
    where fact_type = 'dashboard.session.opened' and metadata ->> 'operator' is not null
  ) as seen
  join app.shops as shop on shop.shop_id = seen.shop_id
  group by 1, 2, 3, 4
) as worked
group by worked.shop_id, worked.day
