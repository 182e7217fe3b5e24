select
  shop_id,
  load_id,
  fetched_at,
  is_deleted,
  sla_policy_id,
  name as policy_name,
  description,
  first_response_seconds,
  next_response_seconds,
  resolution_seconds,
  only_during_business_hours
from {{ source('chatwoot', 'chatwoot_sla_policies') }}
where load_id in (select load_id from {{ ref('stg_hotdash__committed_loads') }})
