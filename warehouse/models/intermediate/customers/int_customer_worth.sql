with affected_lines as (
  select
    lines.shop_id,
    lines.order_id,
    lines.cost_of_goods
  from {{ ref('fct_order_lines') }} as lines
  inner join {{ ref('int_affected_lines') }} as affected
    on affected.shop_id = lines.shop_id and affected.day = lines.day
),

costs as (
  select
    shop_id,
    order_id,
    sum(cost_of_goods) as cost_of_goods
  from affected_lines
  group by shop_id, order_id
)

select
  orders.shop_id,
  orders.day,
  orders.acquired_day,
  max(case when orders.is_first_order then orders.plan_tier end) as plan_tier,
  count(case when orders.is_first_order then 1 end) as new_customers,
  count(case when places.is_first_repeat then 1 end) as returned_customers,
  {{ money('sum(orders.gross_sales - orders.discounts - orders.refunds + orders.shipping - orders.shipping_refunds)') }}
    as revenue,
  {{ money('sum(orders.taxes - orders.tax_refunds)') }} as taxes,
  {{ money('sum(coalesce(costs.cost_of_goods, 0))') }} as cost_of_goods
from {{ ref('fct_orders') }} as orders
inner join {{ ref('int_affected_lines') }} as affected
  on affected.shop_id = orders.shop_id and affected.day = orders.day
inner join {{ ref('int_customer_orders') }} as places
  on places.shop_id = orders.shop_id and places.order_id = orders.order_id
left join costs on costs.shop_id = orders.shop_id and costs.order_id = orders.order_id
where orders.is_counted and orders.acquired_day is not null
group by orders.shop_id, orders.day, orders.acquired_day
