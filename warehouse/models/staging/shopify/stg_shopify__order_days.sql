select
  shop_id,
  load_id,
  fetched_at,
  day,
  orders
from {{ source('shopify', 'shopify_order_days') }}
where load_id in (select load_id from {{ ref('stg_hotdash__committed_loads') }})
