select
  orders.shop_id,
  orders.day,
  min(orders.plan_tier) as plan_tier,
  cast(sum(orders.counted_orders) as bigint) as counted_orders,
  cast(sum(orders.new_customers) as bigint) as new_customers,
  cast(sum(orders.returning_customers) as bigint) as returning_customers,
  cast(sum(orders.repeat_orders) as bigint) as repeat_orders,
  count(distinct case when orders.is_counted then orders.customer_key end) as ordering_customers
from {{ ref('fct_orders') }} as orders
inner join {{ ref('int_affected_partitions') }} as affected
  on affected.shop_id = orders.shop_id and affected.day = orders.day
group by orders.shop_id, orders.day
having sum(orders.counted_orders) > 0
