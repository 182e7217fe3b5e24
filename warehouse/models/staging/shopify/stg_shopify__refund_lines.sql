select
  shop_id,
  load_id,
  fetched_at,
  is_deleted,
  order_id,
  refund_id,
  refund_line_id,
  line_id,
  quantity,
  subtotal,
  total_tax,
  restock_type
from {{ source('shopify', 'shopify_refund_lines') }}
where load_id in (select load_id from {{ ref('stg_hotdash__committed_loads') }})
