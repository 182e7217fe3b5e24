select
  shop_id,
  load_id,
  fetched_at,
  is_deleted,
  conversation_id,
  message_id,
  inbox_id,
  message_type,
  content_type,
  status,
  is_private,
  sender_type,
  sender_id,
  created_at,
  content as message_text,
  content_length as text_length
from {{ source('chatwoot', 'chatwoot_messages') }}
where load_id in (select load_id from {{ ref('stg_hotdash__committed_loads') }})
