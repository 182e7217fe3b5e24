select
  told.shop_id,
  told.load_id,
  told.fetched_at,
  told.day,
  told.campaign_id,
  told.customer_id,
  told.campaign_name,
  told.campaign_status,
  told.cost,
  told.clicks,
  told.impressions,
  told.conversions,
  told.conversions_value,
  told.currency,
  told.timezone
from {{ source('google_ads', 'google_ads_campaign_days') }} as told
inner join {{ ref('stg_hotdash__slice_days') }} as newest
  on newest.shop_id = told.shop_id
  and newest.table_name = 'google_ads_campaign_days'
  and newest.day = told.day
  and newest.load_id = told.load_id
  and newest.fetched_at = told.fetched_at
