select
  shop_id,
  load_id,
  fetched_at,
  is_deleted,
  location_id,
  name,
  is_active,
  fulfills_online_orders,
  country,
  region,
  created_at,
  updated_at
from {{ source('shopify', 'shopify_locations') }}
where load_id in (select load_id from {{ ref('stg_hotdash__committed_loads') }})
