-- The two in the middle, or the one: their sum and how many they are.
with switch as (
  select asked.day::date as day, (coalesce(policy.value, :include_taxes) = 'true')::int as include_taxes
  from (
    select generate_series(:first, :last, interval '1 day') as day
    union
    select generate_series(:base_first, :base_last, interval '1 day')
  ) as asked
  left join lateral (
    select decided.value from app.metric_policies as decided
    where decided.shop_id = :shop_id
      and decided.policy = 'include_taxes'
      and decided.effective_from <= asked.day::date
    order by decided.effective_from desc, decided.decided_at desc
    limit 1
  ) as policy on true
),
valued as (
  select orders.day >= :first as is_current, {order_value} as value
  from serving.current_fct_orders as orders
  join switch using (day)
  where orders.shop_id = :shop_id
    and orders.is_counted
    and (orders.day between :first and :last or orders.day between :base_first and :base_last)
),
placed as (
  select is_current, value,
    row_number() over (partition by is_current order by value) as place,
    count(*) over (partition by is_current) as total
  from valued
)
select is_current, sum(value) as middle_sum, count(*) as middles
from placed
where place in ((total + 1) / 2, (total + 2) / 2)
group by is_current
