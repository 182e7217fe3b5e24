with here as (
  select distinct fact.day
  from serving.{mart} as fact
  where fact.shop_id = :shop_id
    and fact.part = any(cast(:parts as bigint[]))
),

spine as (
  select cast(days.day as date) as day
  from (select min(here.day) as first_day, max(here.day) as last_day from here) as span,
    generate_series(cast(span.first_day as timestamp), span.last_day, interval '1 day') as days (day)
)

select spine.day
from spine
left join here on here.day = spine.day
where here.day is null
order by spine.day
