{#-
  Of a month's counted orders, by last click, no more than all are credited to a source; and of a
  hundred or more at least one in fifty, or the touches no longer arrive.
-#}
{{ config(meta={
  'severity': 'warning',
  'owner': 'marketing',
  'why': 'Hardly any order of a month, or more than there are, is credited to a source.',
  'mend': 'Look whether customer journeys and clicks still arrive: `hotdash sources`; then run again.',
}) }}
with credited as (
  select
    shop_id,
    order_id,
    sum(last_click_share) as millionths
  from {{ ref('fct_attributed_orders') }}
  where channel <> 'Direct / None'
  group by shop_id, order_id
),

months as (
  select
    orders.shop_id,
    substr({{ iso_date('orders.day') }}, 1, 7) as month,
    count(*) as counted_orders,
    sum(coalesce(credited.millionths, 0)) as millionths
  from {{ ref('fct_orders') }} as orders
  left join credited
    on credited.shop_id = orders.shop_id and credited.order_id = orders.order_id
  where orders.is_counted
  group by orders.shop_id, substr({{ iso_date('orders.day') }}, 1, 7)
)

select shop_id, month, counted_orders, millionths
from months
where
  millionths > counted_orders * 1000000
  or (counted_orders >= 100 and millionths * 50 < counted_orders * 1000000)
