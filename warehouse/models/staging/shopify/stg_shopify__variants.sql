select
  shop_id,
  load_id,
  fetched_at,
  is_deleted,
  variant_id,
  product_id,
  sku,
  title,
  price,
  created_at,
  updated_at,
  inventory_item_id
from {{ source('shopify', 'shopify_variants') }}
where load_id in (select load_id from {{ ref('stg_hotdash__committed_loads') }})
