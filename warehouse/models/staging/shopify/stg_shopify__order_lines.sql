select
  shop_id,
  load_id,
  fetched_at,
  is_deleted,
  order_id,
  line_id,
  product_id,
  variant_id,
  sku,
  title,
  quantity,
  current_quantity,
  unit_price,
  original_total,
  discount_total,
  tax_total,
  tax_rate,
  is_gift_card
from {{ source('shopify', 'shopify_order_lines') }}
where load_id in (select load_id from {{ ref('stg_hotdash__committed_loads') }})
