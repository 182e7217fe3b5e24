-- The two in the middle: of an odd number they are the same one, which the second fraction, a hair
-- above the half, still finds. Parts are named one by one because replaced parts of the same days
-- stand in the table for a week.
with switch as materialized (
  select asked.day::date as day, (coalesce(policy.value, :include_taxes) = 'true')::int as include_taxes
  from generate_series(cast(:first as date), :last, interval '1 day') as asked (day)
  left join lateral (
    select decided.value from app.metric_policies as decided
    where decided.shop_id = :shop_id
      and decided.policy = 'include_taxes'
      and decided.effective_from <= asked.day
    order by decided.effective_from desc, decided.decided_at desc
    limit 1
  ) as policy on true
),
valued as (
  select {order_value} as value
  from serving.fct_orders as orders
  join switch using (day)
  where orders.shop_id = :shop_id
    and orders.part = any(array(
      select entry.part from serving.manifest_entries as entry
      where entry.shop_id = :shop_id
        and entry.manifest_id = :manifest_id
        and entry.mart = 'fct_orders'
        and entry.partition_key between
          to_char(cast(:first as date), 'YYYY-MM') and to_char(cast(:last as date), 'YYYY-MM')
    ))
    and orders.is_counted
    and orders.day between :first and :last
)
select percentile_disc(array[0.5, 0.5000000001]) within group (order by value) as middles
from valued
