select
  shop_id,
  load_id,
  fetched_at,
  is_deleted,
  property_id,
  told_at,
  day_tokens_left,
  hour_tokens_left,
  project_hour_tokens_left,
  last_cost,
  concurrent_left,
  server_errors_left,
  thresholded_left
from {{ source('ga4', 'ga4_quota') }}
where load_id in (select load_id from {{ ref('stg_hotdash__committed_loads') }})
