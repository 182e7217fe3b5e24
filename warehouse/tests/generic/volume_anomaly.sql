{#-
  The plain rule: the last closed day lies more than three standard deviations from the average of the
  seven days before it. With a weekly season its deviation is inflated and most real drops are missed,
  so it is information beside the robust rule (docs/guides/data-quality.md). Of counts only, in whole
  numbers: |value - sum / 7| > 3 * sqrt((7 * squares - sum * sum) / 42).
-#}
{% test volume_anomaly(model, column) %}
with tested as (
  select
    shop_id,
    {{ days_later(shop_local_date(as_of(), 'timezone'), -1) }} as day
  from {{ ref('int_shops') }}
  where timezone is not null
),

days as (
  select
    tested.shop_id,
    tested.day,
    sum(case when counted.day = tested.day then cast({{ column }} as numeric(18,0)) else 0 end) as value,
    sum(case when counted.day < tested.day then cast({{ column }} as numeric(18,0)) else 0 end) as total,
    sum(case when counted.day < tested.day then cast({{ column }} as numeric(18,0)) * {{ column }} else 0 end) as squares
  from tested
  inner join {{ model }} as counted
    on
      counted.shop_id = tested.shop_id
      and counted.day >= {{ days_later('tested.day', -7) }}
      and counted.day <= tested.day
  group by tested.shop_id, tested.day
)

select days.shop_id, days.day, days.value, days.total as week_before
from days
where
  2 * (7 * days.value - days.total) * (7 * days.value - days.total) > 21 * (7 * days.squares - days.total * days.total)
  and days.total > 0
  and exists (
    select 1 from {{ model }} as earlier
    where earlier.shop_id = days.shop_id and earlier.day < {{ days_later('days.day', -7) }}
  )
{% endtest %}
