select
  shop_id,
  load_id,
  fetched_at,
  is_deleted,
  order_id,
  return_id,
  return_line_id,
  line_id,
  quantity,
  processed_quantity,
  refunded_quantity,
  reason
from {{ source('shopify', 'shopify_return_lines') }}
where load_id in (select load_id from {{ ref('stg_hotdash__committed_loads') }})
