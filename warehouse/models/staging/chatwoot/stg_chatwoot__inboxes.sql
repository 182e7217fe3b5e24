select
  shop_id,
  load_id,
  fetched_at,
  is_deleted,
  inbox_id,
  name as inbox_name,
  channel_type,
  timezone,
  working_hours_enabled as has_working_hours,
  working_hours,
  csat_survey_enabled as asks_for_ratings
from {{ source('chatwoot', 'chatwoot_inboxes') }}
where load_id in (select load_id from {{ ref('stg_hotdash__committed_loads') }})
