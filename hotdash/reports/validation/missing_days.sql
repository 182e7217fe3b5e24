with told as (
  select fact.day, fact.theirs as orders
  from serving.fct_sales_reconciliation as fact
  where fact.shop_id = :shop_id
    and fact.part = any(cast(:told_parts as bigint[]))
    and fact.line = 'orders'
),

here as (
  select fact.day, count(*) filter (where not fact.is_test) as orders
  from serving.fct_orders as fact
  where fact.shop_id = :shop_id
    and fact.part = any(cast(:parts as bigint[]))
  group by fact.day
),

spine as (
  select cast(days.day as date) as day
  from (select min(told.day) as first_day, max(told.day) as last_day from told) as span,
    generate_series(cast(span.first_day as timestamp), span.last_day, interval '1 day') as days (day)
)

select
  spine.day,
  told.orders as told_orders,
  coalesce(here.orders, 0) as orders
from spine
left join told on told.day = spine.day
left join here on here.day = spine.day
where told.day is null or (told.orders > 0 and here.day is null)
order by spine.day
