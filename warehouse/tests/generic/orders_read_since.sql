{#-
  Unreadable orders, until a later readable version of them is committed: no later load brings an
  order by itself that does not change at the vendor, so its older figures would stand for ever.
-#}
{% test orders_read_since(model) %}
with newest as (
  select
    shop_id,
    cast(order_id as text) as vendor_id,
    max(fetched_at) as fetched_at
  from {{ ref('stg_shopify__orders') }}
  group by shop_id, order_id
)

select
  quarantined.shop_id,
  quarantined.vendor_id,
  max(quarantined.reason) as reason,
  count(*) as times
from {{ model }} as quarantined
left join newest
  on newest.shop_id = quarantined.shop_id and newest.vendor_id = quarantined.vendor_id
where
  quarantined.table_name = 'shopify_orders'
  and quarantined.vendor_id is not null
  and (newest.fetched_at is null or newest.fetched_at <= quarantined.fetched_at)
group by quarantined.shop_id, quarantined.vendor_id
{% endtest %}
