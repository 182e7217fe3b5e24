select
  shop_id,
  load_id,
  fetched_at,
  is_deleted,
  product_id,
  title,
  handle,
  product_type,
  vendor,
  status,
  created_at,
  updated_at,
  category,
  tags
from {{ source('shopify', 'shopify_products') }}
where load_id in (select load_id from {{ ref('stg_hotdash__committed_loads') }})
