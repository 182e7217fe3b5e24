select
  shop_id,
  load_id,
  fetched_at,
  is_deleted,
  contact_id,
  name as contact_name,
  email,
  phone_number,
  identifier as contact_identifier,
  blocked as is_blocked,
  created_at,
  last_activity_at
from {{ source('chatwoot', 'chatwoot_contacts') }}
where load_id in (select load_id from {{ ref('stg_hotdash__committed_loads') }})
