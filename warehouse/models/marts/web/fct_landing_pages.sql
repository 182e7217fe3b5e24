with read_days as (
  select
    shop_id,
    day,
    timezone,
    may_change,
    count(*) over (
      partition by shop_id
      order by day
      range between interval '13 days' preceding and current row
    ) as days_known
  from {{ ref('stg_ga4__report_days') }}
  where report = 'traffic'
),

needed as (
  select
    shop_id,
    min(day) as first_day,
    max(day) as last_day
  from {{ ref('int_affected_web') }}
  group by shop_id
),

page_days as (
  select
    sessions.shop_id,
    sessions.day,
    sessions.page,
    sum(sessions.sessions) as sessions,
    sum(sessions.organic_sessions) as organic_sessions,
    sum(sessions.engaged_sessions) as engaged_sessions,
    sum(sessions.bounces) as bounces,
    sum(sessions.purchases) as purchases
  from {{ ref('fct_sessions') }} as sessions
  inner join needed
    on
      needed.shop_id = sessions.shop_id
      and sessions.day >= needed.first_day - 13
      and sessions.day <= needed.last_day
  group by sessions.shop_id, sessions.day, sessions.page
),

{#- A page that lost all its visitors has no row of its own: its day a week later says so. -#}
beside as (
  select
    shop_id,
    day,
    page,
    sessions,
    organic_sessions,
    engaged_sessions,
    bounces,
    purchases,
    0 as sessions_week_before
  from page_days
  union all
  select
    shop_id,
    day + 7 as day,
    page,
    0 as sessions,
    0 as organic_sessions,
    0 as engaged_sessions,
    0 as bounces,
    0 as purchases,
    sessions as sessions_week_before
  from page_days
),

days as (
  select
    beside.shop_id,
    beside.day,
    beside.page,
    sum(beside.sessions) as sessions,
    sum(beside.organic_sessions) as organic_sessions,
    sum(beside.engaged_sessions) as engaged_sessions,
    sum(beside.bounces) as bounces,
    sum(beside.purchases) as purchases,
    sum(beside.sessions_week_before) as sessions_week_before
  from beside
  inner join read_days on read_days.shop_id = beside.shop_id and read_days.day = beside.day
  group by beside.shop_id, beside.day, beside.page
),

weeks as (
  select
    days.*,
    {%- for column, name in [('sessions', 'sessions_7d'), ('sessions_week_before', 'sessions_previous_7d')] %}
    sum({{ column }}) over (
      partition by shop_id, page
      order by day
      range between interval '6 days' preceding and current row
    ) as {{ name }}
    {%- if not loop.last %},{% endif %}
    {%- endfor %},
    max(sessions_week_before) over (
      partition by shop_id, page
      order by day
      range between interval '6 days' preceding and current row
    ) as peak_before
  from days
)

select
  weeks.shop_id,
  weeks.day,
  weeks.page,
  read_days.timezone,
  read_days.may_change as is_provisional,
  {{ count_of('weeks.sessions') }} as sessions,
  {{ count_of('weeks.organic_sessions') }} as organic_sessions,
  {{ count_of('weeks.engaged_sessions') }} as engaged_sessions,
  {{ count_of('weeks.bounces') }} as bounces,
  {{ count_of('weeks.purchases') }} as purchases,
  {{ count_of('weeks.sessions_week_before') }} as sessions_week_before,
  {{ count_of('weeks.sessions_7d') }} as sessions_7d,
  {{ count_of('weeks.sessions_previous_7d') }} as sessions_previous_7d,
  read_days.days_known = 14 as is_judged,
  read_days.days_known = 14
  and weeks.sessions_previous_7d >= traffic_minimum_sessions.value
  and weeks.sessions_7d * 100 <= weeks.sessions_previous_7d * (100 - traffic_drop_percent.value)
  {#- That one peak day is over is no loss: the six others have to say so too, as a week. #}
  and (weeks.sessions_previous_7d - weeks.peak_before) * 7 >= traffic_minimum_sessions.value * 6
  and weeks.sessions_7d * 600
  <= (weeks.sessions_previous_7d - weeks.peak_before) * 7 * (100 - traffic_drop_percent.value) as is_anomaly
from weeks
inner join {{ ref('int_affected_web') }} as affected
  on affected.shop_id = weeks.shop_id and affected.day = weeks.day
inner join read_days on read_days.shop_id = weeks.shop_id and read_days.day = weeks.day
{{ join_setting('traffic_drop_percent', 'weeks', 'weeks.day') }}
{{ join_setting('traffic_minimum_sessions', 'weeks', 'weeks.day') }}
