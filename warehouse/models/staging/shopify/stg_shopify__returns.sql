select
  shop_id,
  load_id,
  fetched_at,
  is_deleted,
  order_id,
  return_id,
  name,
  status,
  quantity,
  created_at,
  approved_at,
  closed_at
from {{ source('shopify', 'shopify_returns') }}
where load_id in (select load_id from {{ ref('stg_hotdash__committed_loads') }})
