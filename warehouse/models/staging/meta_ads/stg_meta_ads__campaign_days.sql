select
  told.shop_id,
  told.load_id,
  told.fetched_at,
  told.day,
  told.campaign_id,
  told.account_id,
  told.campaign_name,
  told.spend,
  told.impressions,
  told.clicks,
  coalesce(told.purchases, 0) as purchases,
  coalesce(told.purchases_1d_click, 0) as purchases_1d_click,
  coalesce(told.purchases_7d_click, 0) as purchases_7d_click,
  coalesce(told.purchases_28d_click, 0) as purchases_28d_click,
  coalesce(told.purchases_1d_view, 0) as purchases_1d_view,
  coalesce(told.purchase_value, 0) as purchase_value,
  coalesce(told.purchase_value_1d_click, 0) as purchase_value_1d_click,
  coalesce(told.purchase_value_7d_click, 0) as purchase_value_7d_click,
  coalesce(told.purchase_value_28d_click, 0) as purchase_value_28d_click,
  coalesce(told.purchase_value_1d_view, 0) as purchase_value_1d_view,
  told.currency,
  told.timezone
from {{ source('meta_ads', 'meta_ads_campaign_days') }} as told
inner join {{ ref('stg_hotdash__slice_days') }} as newest
  on newest.shop_id = told.shop_id
  and newest.table_name = 'meta_ads_campaign_days'
  and newest.day = told.day
  and newest.load_id = told.load_id
  and newest.fetched_at = told.fetched_at
