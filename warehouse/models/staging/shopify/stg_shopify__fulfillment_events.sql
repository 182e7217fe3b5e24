select
  shop_id,
  load_id,
  fetched_at,
  is_deleted,
  fulfillment_id,
  event_id,
  status,
  happened_at,
  created_at,
  estimated_delivery_at
from {{ source('shopify', 'shopify_fulfillment_events') }}
where load_id in (select load_id from {{ ref('stg_hotdash__committed_loads') }})
