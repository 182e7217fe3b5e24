select
  traffic.shop_id,
  traffic.day,
  traffic.landing_page as page,
  traffic.source,
  traffic.medium,
  traffic.campaign,
  traffic.channel_group,
  report_days.timezone,
  report_days.currency,
  coalesce(report_days.may_change, true) as is_provisional,
  traffic.sessions,
  case when traffic.channel_group = 'Organic Search' then traffic.sessions else cast(0 as bigint) end
    as organic_sessions,
  traffic.engaged_sessions,
  traffic.sessions - traffic.engaged_sessions as bounces,
  traffic.active_users,
  {{ money('traffic.key_events') }} as key_events,
  traffic.purchases,
  traffic.purchase_revenue
from {{ ref('stg_ga4__traffic') }} as traffic
inner join {{ ref('int_affected_web') }} as affected
  on affected.shop_id = traffic.shop_id and affected.day = traffic.day
left join {{ ref('stg_ga4__report_days') }} as report_days
  on
    report_days.shop_id = traffic.shop_id
    and report_days.day = traffic.day
    and report_days.report = 'traffic'
