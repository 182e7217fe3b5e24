select
  shop_id,
  load_id,
  fetched_at,
  is_deleted,
  order_id,
  on_shipping,
  line_id,
  place,
  application_index,
  application_type,
  label,
  value_type,
  value,
  amount
from {{ source('shopify', 'shopify_discount_allocations') }}
where load_id in (select load_id from {{ ref('stg_hotdash__committed_loads') }})
