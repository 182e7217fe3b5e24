select
  shop_id,
  load_id,
  fetched_at,
  is_deleted,
  conversation_id,
  csat_id,
  rating,
  message_id,
  contact_id,
  agent_id,
  created_at,
  feedback_message as feedback_text,
  feedback_length
from {{ source('chatwoot', 'chatwoot_csat') }}
where load_id in (select load_id from {{ ref('stg_hotdash__committed_loads') }})
