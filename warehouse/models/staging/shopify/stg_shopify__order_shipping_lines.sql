select
  shop_id,
  load_id,
  fetched_at,
  is_deleted,
  order_id,
  shipping_line_id,
  title,
  original_amount,
  discounted_amount,
  tax_total,
  is_removed
from {{ source('shopify', 'shopify_order_shipping_lines') }}
where load_id in (select load_id from {{ ref('stg_hotdash__committed_loads') }})
