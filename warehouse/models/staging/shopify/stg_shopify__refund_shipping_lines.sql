select
  shop_id,
  load_id,
  fetched_at,
  is_deleted,
  order_id,
  refund_id,
  refund_shipping_line_id,
  subtotal,
  tax_amount
from {{ source('shopify', 'shopify_refund_shipping_lines') }}
where load_id in (select load_id from {{ ref('stg_hotdash__committed_loads') }})
