select
  shop_id,
  load_id,
  fetched_at,
  is_deleted,
  order_id,
  refund_id,
  adjustment_id,
  amount,
  tax_amount,
  reason
from {{ source('shopify', 'shopify_order_adjustments') }}
where load_id in (select load_id from {{ ref('stg_hotdash__committed_loads') }})
