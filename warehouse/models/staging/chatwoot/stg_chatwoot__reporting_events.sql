select
  shop_id,
  load_id,
  fetched_at,
  is_deleted,
  conversation_id,
  event_id,
  name as event_name,
  value as seconds,
  value_in_business_hours as business_seconds,
  event_start_time as started_at,
  event_end_time as ended_at,
  inbox_id,
  agent_id,
  created_at
from {{ source('chatwoot', 'chatwoot_reporting_events') }}
where load_id in (select load_id from {{ ref('stg_hotdash__committed_loads') }})
