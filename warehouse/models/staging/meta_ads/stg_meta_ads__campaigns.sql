select
  shop_id,
  load_id,
  fetched_at,
  is_deleted,
  campaign_id,
  account_id,
  name,
  status,
  effective_status,
  objective,
  created_at,
  updated_at,
  started_at,
  stopped_at
from {{ source('meta_ads', 'meta_ads_campaigns') }}
where load_id in (select load_id from {{ ref('stg_hotdash__committed_loads') }})
