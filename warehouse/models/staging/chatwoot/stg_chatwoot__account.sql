select
  shop_id,
  load_id,
  fetched_at,
  is_deleted,
  account_id,
  name as account_name,
  status,
  created_at,
  edition,
  role,
  has_slas
from {{ source('chatwoot', 'chatwoot_account') }}
where load_id in (select load_id from {{ ref('stg_hotdash__committed_loads') }})
