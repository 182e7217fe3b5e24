select
  shop_id,
  load_id,
  fetched_at,
  is_deleted,
  order_id,
  refund_id,
  created_at,
  processed_at,
  updated_at,
  total_refunded
from {{ source('shopify', 'shopify_refunds') }}
where load_id in (select load_id from {{ ref('stg_hotdash__committed_loads') }})
