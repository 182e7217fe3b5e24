select
  shop_id,
  load_id,
  fetched_at,
  is_deleted,
  agent_id,
  name as agent_name,
  available_name as agent_public_name,
  email,
  role,
  confirmed as is_confirmed
from {{ source('chatwoot', 'chatwoot_agents') }}
where load_id in (select load_id from {{ ref('stg_hotdash__committed_loads') }})
