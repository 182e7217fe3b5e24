select
  shop_id,
  load_id,
  fetched_at,
  is_deleted,
  campaign_id,
  customer_id,
  name,
  status,
  channel_type,
  start_date_time
from {{ source('google_ads', 'google_ads_campaigns') }}
where load_id in (select load_id from {{ ref('stg_hotdash__committed_loads') }})
