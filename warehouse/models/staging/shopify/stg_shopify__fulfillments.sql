select
  shop_id,
  load_id,
  fetched_at,
  is_deleted,
  fulfillment_id,
  order_id,
  name,
  status,
  display_status,
  carrier,
  tracking_numbers,
  quantity,
  location_id,
  created_at,
  updated_at,
  in_transit_at,
  delivered_at,
  estimated_delivery_at
from {{ source('shopify', 'shopify_fulfillments') }}
where load_id in (select load_id from {{ ref('stg_hotdash__committed_loads') }})
