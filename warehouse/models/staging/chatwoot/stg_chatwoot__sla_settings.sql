select
  shop_id,
  load_id,
  fetched_at,
  is_deleted,
  weekday,
  opens_minute,
  closes_minute,
  timezone,
  first_response_minutes,
  resolution_minutes
from {{ source('chatwoot', 'chatwoot_sla_settings') }}
where load_id in (select load_id from {{ ref('stg_hotdash__committed_loads') }})
