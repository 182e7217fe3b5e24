{#-
  Rows of entities beside the order whose order was never told in any version. One that was told and
  deleted since is known: its parcels are left out with it.
-#}
{% test belongs_to_an_order(model, key) %}
select
  children.shop_id,
  children.{{ key }},
  children.order_id
from {{ asked_loads(model) }} as children
where
  not children.is_deleted
  and not exists (
    select 1 from {{ ref('stg_shopify__orders') }} as orders
    where orders.shop_id = children.shop_id and orders.order_id = children.order_id
  )
{% endtest %}
