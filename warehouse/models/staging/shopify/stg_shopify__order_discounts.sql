select
  shop_id,
  load_id,
  fetched_at,
  is_deleted,
  order_id,
  application_index,
  application_type,
  label,
  value_type,
  value,
  allocation_method,
  target_type,
  target_selection
from {{ source('shopify', 'shopify_order_discounts') }}
where load_id in (select load_id from {{ ref('stg_hotdash__committed_loads') }})
