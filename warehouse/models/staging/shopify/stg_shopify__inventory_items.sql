select
  shop_id,
  load_id,
  fetched_at,
  is_deleted,
  inventory_item_id,
  sku,
  is_tracked,
  requires_shipping,
  unit_cost,
  cost_currency,
  origin_country,
  created_at,
  updated_at
from {{ source('shopify', 'shopify_inventory_items') }}
where load_id in (select load_id from {{ ref('stg_hotdash__committed_loads') }})
