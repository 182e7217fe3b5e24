select
  facts.shop_id,
  facts.load_id,
  facts.fetched_at,
  facts.day,
  facts.landing_page,
  facts.source,
  facts.medium,
  facts.campaign,
  facts.channel_group,
  facts.sessions,
  facts.engaged_sessions,
  facts.bounce_rate,
  facts.active_users,
  facts.key_events,
  facts.purchases,
  facts.purchase_revenue
from {{ source('ga4', 'ga4_traffic') }} as facts
inner join {{ ref('stg_hotdash__slice_days') }} as days
  on days.shop_id = facts.shop_id
  and days.load_id = facts.load_id
  and days.day = facts.day
  and days.table_name = 'ga4_traffic'
