select
  shop_id,
  load_id,
  fetched_at,
  is_deleted,
  order_id,
  order_created_at,
  journey_ready,
  days_to_conversion,
  visits
from {{ source('shopify', 'shopify_customer_journeys') }}
where load_id in (select load_id from {{ ref('stg_hotdash__committed_loads') }})
