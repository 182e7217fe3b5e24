select
  shop_id,
  load_id,
  fetched_at,
  is_deleted,
  customer_id,
  email,
  first_name,
  last_name,
  created_at,
  updated_at,
  orders_count,
  amount_spent,
  state,
  tags,
  marketing_state,
  marketing_updated_at
from {{ source('shopify', 'shopify_customers') }}
where load_id in (select load_id from {{ ref('stg_hotdash__committed_loads') }})
