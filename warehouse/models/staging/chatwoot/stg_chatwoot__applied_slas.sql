select
  shop_id,
  load_id,
  fetched_at,
  is_deleted,
  conversation_id,
  applied_sla_id,
  sla_policy_id,
  sla_status,
  created_at,
  updated_at
from {{ source('chatwoot', 'chatwoot_applied_slas') }}
where load_id in (select load_id from {{ ref('stg_hotdash__committed_loads') }})
