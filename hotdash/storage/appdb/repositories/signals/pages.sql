with judged as (
  select max(page.day) as day
  from serving.current_fct_landing_pages as page
  where page.shop_id = :shop_id and page.is_judged
),
told as (
  select page.page, page.day, page.sessions_7d, page.sessions_previous_7d, page.is_anomaly
  from judged
  join serving.current_fct_landing_pages as page
    on page.shop_id = :shop_id and page.day = judged.day
  where page.is_anomaly or page.page = any(cast(:watched as text[]))
),
-- A page that nobody has come to for more than a week has no row on that day.
shown as (
  select told.* from told
  union all
  select watched.page, judged.day, 0, 0, false
  from judged
  cross join unnest(cast(:watched as text[])) as watched (page)
  where judged.day is not null and not exists (select from told where told.page = watched.page)
)
select
  shown.page, shown.day, shown.sessions_7d, shown.sessions_previous_7d, shown.is_anomaly,
  coalesce(sum(month.sessions), 0)::bigint as sessions_28d,
  coalesce(sum(month.purchases), 0)::bigint as purchases_28d
from shown
left join serving.current_fct_landing_pages as month
  on month.shop_id = :shop_id
  and month.page = shown.page
  and month.day between shown.day - 27 and shown.day
group by shown.page, shown.day, shown.sessions_7d, shown.sessions_previous_7d, shown.is_anomaly
order by shown.page
