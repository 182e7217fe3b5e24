{{ config(materialized='view') }}

select
  orders.shop_id,
  orders.order_id,
  orders.day,
  orders.processed_at,
  orders.financial_status,
  orders.total_price,
  orders.is_test,
  orders.is_cancelled,
  orders.is_counted,
  {{ customer_key(
    'orders.shop_id', 'coalesce(orders.customer_id, owners.customer_id)', 'orders.email_hash', 'orders.order_id'
  ) }} as customer_key
from {{ ref('int_orders') }} as orders
left join {{ ref('int_email_owners') }} as owners
  on
    owners.shop_id = orders.shop_id
    and owners.email_hash = case when orders.customer_id is null then orders.email_hash end
