select
  counts.shop_id,
  counts.load_id,
  counts.fetched_at,
  counts.day,
  counts.kind,
  counts.events
from {{ source('clickstream', 'clickstream_counts') }} as counts
inner join {{ ref('stg_hotdash__slice_days') }} as days
  on
    days.table_name = 'clickstream_counts'
    and days.shop_id = counts.shop_id
    and days.day = counts.day
    and days.load_id = counts.load_id
    and days.fetched_at = counts.fetched_at
