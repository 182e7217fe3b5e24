{#-
  Of a month's counted orders, by last click, no more than all are credited to a source, and of a
  hundred or more at least one in fifty; of the last thirty days' orders, twenty or more, at least
  half, or the touches no longer arrive.
-#}
{{ config(meta={
  'severity': 'warning',
  'measures': 'completeness',
  'owner': 'marketing',
  'why': 'Fewer than half of the orders of the last thirty days, hardly any of a month, or more than there are, are credited to a source.',
  'mend': 'Look whether customer journeys and clicks still arrive: `hotdash sources`; then run again.',
}) }}
with credited as (
  select
    shop_id,
    day,
    sum(last_click_share) as millionths
  from {{ ref('fct_attributed_orders') }}
  where channel <> 'Direct / None'
  group by shop_id, day
),

counted as (
  select
    shop_id,
    day,
    count(*) as counted_orders
  from {{ ref('fct_orders') }}
  where is_counted
  group by shop_id, day
),

days as (
  select
    counted.shop_id,
    counted.day,
    counted.counted_orders,
    coalesce(credited.millionths, 0) as millionths
  from counted
  left join credited on credited.shop_id = counted.shop_id and credited.day = counted.day
),

months as (
  select
    shop_id,
    substr({{ iso_date('day') }}, 1, 7) as month,
    sum(counted_orders) as counted_orders,
    sum(millionths) as millionths
  from days
  group by shop_id, substr({{ iso_date('day') }}, 1, 7)
),

lately as (
  select
    shop_id,
    sum(counted_orders) as counted_orders,
    sum(millionths) as millionths
  from days
  where day > {{ days_later(as_of_day(), -30) }}
  group by shop_id
)

select shop_id, month as span, counted_orders, millionths
from months
where
  millionths > counted_orders * 1000000
  or (counted_orders >= 100 and millionths * 50 < counted_orders * 1000000)
union all
select shop_id, 'thirty days' as span, counted_orders, millionths
from lately
where counted_orders >= 20 and millionths * 2 < counted_orders * 1000000
