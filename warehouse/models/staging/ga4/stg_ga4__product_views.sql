select
  facts.shop_id,
  facts.load_id,
  facts.fetched_at,
  facts.day,
  facts.page_path,
  facts.views,
  facts.active_users
from {{ source('ga4', 'ga4_product_views') }} as facts
inner join {{ ref('stg_hotdash__slice_days') }} as days
  on days.shop_id = facts.shop_id
  and days.load_id = facts.load_id
  and days.day = facts.day
  and days.table_name = 'ga4_product_views'
