{#- Rows read with an order version that does not exist, unless the order was read again since. -#}
{% test has_order(model) %}
with newest as (
  select
    orders.shop_id,
    orders.order_id,
    max(orders.fetched_at) as fetched_at
  from {{ ref('stg_shopify__orders') }} as orders
  {%- if is_asked_in_part() %}
  inner join (select distinct shop_id, order_id from {{ asked_loads(model) }} as told) as asked
    on asked.shop_id = orders.shop_id and asked.order_id = orders.order_id
  {%- endif %}
  group by orders.shop_id, orders.order_id
)

select
  children.shop_id,
  children.order_id,
  count(*) as times
from {{ asked_loads(model) }} as children
left join newest on newest.shop_id = children.shop_id and newest.order_id = children.order_id
where newest.fetched_at is null or newest.fetched_at < children.fetched_at
group by children.shop_id, children.order_id
{% endtest %}
