{#- The lines of every order, with the one row for what no line has, equal the order exactly, on its day. -#}
{% test lines_add_up_to_orders(model) %}
{%- set amounts = ['units', 'gross_sales', 'discounts', 'refunds', 'shipping', 'shipping_refunds', 'taxes', 'tax_refunds'] -%}
with lines as (
  select
    shop_id,
    order_id,
    day,
    sum(case when line_id = 0 then 1 else 0 end) as rests,
    sum(case when is_counted then 1 else 0 end) as counted_rows,
    count(*) as all_rows
    {%- for amount in amounts %},
    sum({{ amount }}) as {{ amount }}
    {%- endfor %}
  from {{ asked_rows(model, beside=[ref('fct_orders')]) }} as lines
  group by shop_id, order_id, day
)

select
  coalesce(orders.shop_id, lines.shop_id) as shop_id,
  coalesce(orders.order_id, lines.order_id) as order_id,
  coalesce(orders.day, lines.day) as day,
  lines.rests
from {{ asked_rows(ref('fct_orders'), beside=[model]) }} as orders
full outer join lines
  on lines.shop_id = orders.shop_id and lines.order_id = orders.order_id and lines.day = orders.day
where
  orders.order_id is null
  or lines.order_id is null
  or lines.rests <> 1
  or lines.counted_rows <> (case when orders.is_counted then lines.all_rows else 0 end)
  {%- for amount in amounts %}
  or lines.{{ amount }} <> orders.{{ amount }}
  {%- endfor %}
{% endtest %}
