select
  shop_id,
  load_id,
  fetched_at,
  is_deleted,
  customer_id,
  name,
  currency,
  timezone,
  status
from {{ source('google_ads', 'google_ads_customers') }}
where load_id in (select load_id from {{ ref('stg_hotdash__committed_loads') }})
