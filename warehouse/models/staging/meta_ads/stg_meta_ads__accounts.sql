select
  shop_id,
  load_id,
  fetched_at,
  is_deleted,
  account_id,
  name,
  currency,
  timezone,
  account_status
from {{ source('meta_ads', 'meta_ads_accounts') }}
where load_id in (select load_id from {{ ref('stg_hotdash__committed_loads') }})
