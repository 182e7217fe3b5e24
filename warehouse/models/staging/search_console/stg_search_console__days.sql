select
  facts.shop_id,
  facts.load_id,
  facts.fetched_at,
  facts.day,
  facts.aggregation,
  facts.clicks,
  facts.impressions,
  facts.ctr,
  facts.position
from {{ source('search_console', 'search_console_days') }} as facts
inner join {{ ref('stg_hotdash__slice_days') }} as days
  on days.shop_id = facts.shop_id
  and days.load_id = facts.load_id
  and days.day = facts.day
  and days.table_name = 'search_console_days'
