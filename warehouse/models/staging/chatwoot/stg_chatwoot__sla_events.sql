select
  shop_id,
  load_id,
  fetched_at,
  is_deleted,
  conversation_id,
  sla_event_id,
  applied_sla_id,
  event_type,
  created_at
from {{ source('chatwoot', 'chatwoot_sla_events') }}
where load_id in (select load_id from {{ ref('stg_hotdash__committed_loads') }})
