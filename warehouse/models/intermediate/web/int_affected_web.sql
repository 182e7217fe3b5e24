{#- A landing page's week is compared with the week before, so a day counts for the thirteen that follow. -#}
{%- set days_a_day_counts_for = 13 -%}
with read_anew as (
  {{ days_read(['ga4_traffic', 'ga4_report_days', 'search_console_queries', 'search_console_days']) }}
),

counted_for as (
  select
    shop_id,
    {{ days_from_to('day', 'day + ' ~ days_a_day_counts_for) }} as day
  from read_anew
)

select shop_id, day from counted_for
union
{{ days_of_new_settings(['traffic_drop_percent', 'traffic_minimum_sessions']) }}
union
{{ asked_days() }}
