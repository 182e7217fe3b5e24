{#- Rows read with an order version that does not exist, unless the order was read again since. -#}
{% test has_order(model) %}
select
  children.shop_id,
  children.order_id,
  count(*) as times
from {{ asked_loads(model) }} as children
where not exists (
  select 1 from {{ ref('stg_shopify__orders') }} as orders
  where
    orders.shop_id = children.shop_id
    and orders.order_id = children.order_id
    and orders.fetched_at >= children.fetched_at
)
group by children.shop_id, children.order_id
{% endtest %}
