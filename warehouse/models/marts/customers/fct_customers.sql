select
  orders.shop_id,
  orders.day,
  min(orders.plan_tier) as plan_tier,
  count(case when orders.is_counted then 1 end) as counted_orders,
  count(case when orders.is_first_order then 1 end) as new_customers,
  count(case when orders.is_return then 1 end) as returning_customers,
  count(case when orders.is_repeat_order then 1 end) as repeat_orders,
  count(distinct case when orders.is_counted then orders.customer_key end) as ordering_customers
from {{ ref('fct_orders') }} as orders
inner join {{ ref('int_affected_partitions') }} as affected
  on affected.shop_id = orders.shop_id and affected.day = orders.day
group by orders.shop_id, orders.day
having count(case when orders.is_counted then 1 end) > 0
