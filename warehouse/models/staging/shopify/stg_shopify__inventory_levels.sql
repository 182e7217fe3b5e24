select
  shop_id,
  load_id,
  fetched_at,
  is_deleted,
  inventory_item_id,
  location_id,
  is_active,
  available,
  on_hand,
  committed,
  incoming,
  reserved,
  damaged,
  safety_stock,
  quality_control,
  created_at,
  updated_at
from {{ source('shopify', 'shopify_inventory_levels') }}
where load_id in (select load_id from {{ ref('stg_hotdash__committed_loads') }})
