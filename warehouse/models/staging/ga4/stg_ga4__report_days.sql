select
  facts.shop_id,
  facts.load_id,
  facts.fetched_at,
  facts.day,
  facts.report,
  facts.rows as row_count,
  facts.property_id,
  facts.timezone,
  facts.currency,
  facts.is_thresholded,
  facts.has_other_row,
  facts.samples_read,
  facts.sampling_space,
  facts.may_change
from {{ source('ga4', 'ga4_report_days') }} as facts
inner join {{ ref('stg_hotdash__slice_days') }} as days
  on days.shop_id = facts.shop_id
  and days.load_id = facts.load_id
  and days.day = facts.day
  and days.table_name = 'ga4_report_days'
