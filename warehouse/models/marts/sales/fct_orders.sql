select
  orders.shop_id,
  orders.order_id,
  orders.day,
  orders.processed_at,
  orders.currency,
  customer_orders.customer_key,
  orders.financial_status,
  orders.is_test,
  orders.is_cancelled,
  orders.is_counted,
  customer_orders.is_kept,
  customer_orders.is_first_order,
  customer_orders.is_repeat_order,
  customer_orders.is_return,
  customer_orders.acquired_day,
  customer_orders.segment,
  coalesce(orders.ship_country, 'unknown') as country,
  coalesce(plans.plan_tier, 'unknown') as plan_tier,
  amounts.units,
  amounts.gross_sales,
  amounts.discounts,
  amounts.refunds,
  amounts.shipping,
  amounts.shipping_refunds,
  amounts.taxes,
  amounts.tax_refunds
from {{ ref('int_orders') }} as orders
inner join {{ ref('int_affected_partitions') }} as affected
  on affected.shop_id = orders.shop_id and affected.day = orders.day
inner join {{ ref('int_order_amounts') }} as amounts
  on amounts.shop_id = orders.shop_id and amounts.order_id = orders.order_id
inner join {{ ref('int_customer_orders') }} as customer_orders
  on customer_orders.shop_id = orders.shop_id and customer_orders.order_id = orders.order_id
left join {{ ref('int_shop_plans') }} as plans
  on
    plans.shop_id = orders.shop_id
    and orders.day >= plans.valid_from
    and orders.day < {{ end_of('plans') }}
