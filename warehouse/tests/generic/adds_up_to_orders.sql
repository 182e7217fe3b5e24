{#- Every day of the mart equals its counted orders, in both directions. -#}
{% test adds_up_to_orders(model) %}
{%- set amounts = ['units', 'gross_sales', 'discounts', 'refunds', 'shipping', 'shipping_refunds', 'taxes', 'tax_refunds'] -%}
with days as (
  select shop_id, day, counted_orders, {{ amounts | join(', ') }} from {{ asked_rows(model, beside=[ref('fct_orders')]) }} as days
),

orders as (
  select
    shop_id,
    day,
    count(*) as counted_orders
    {%- for amount in amounts %},
    sum({{ amount }}) as {{ amount }}
    {%- endfor %}
  from {{ asked_rows(ref('fct_orders'), beside=[model]) }} as orders
  where is_counted
  group by shop_id, day
)

select
  coalesce(days.shop_id, orders.shop_id) as shop_id,
  coalesce(days.day, orders.day) as day,
  days.counted_orders,
  orders.counted_orders as orders_counted
from days
full outer join orders on orders.shop_id = days.shop_id and orders.day = days.day
where
  coalesce(days.counted_orders, 0) <> coalesce(orders.counted_orders, 0)
  {%- for amount in amounts %}
  or coalesce(days.{{ amount }}, 0) <> coalesce(orders.{{ amount }}, 0)
  {%- endfor %}
{% endtest %}
