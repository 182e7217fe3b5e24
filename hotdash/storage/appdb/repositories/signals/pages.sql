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
)
select
  told.page, told.day, told.sessions_7d, told.sessions_previous_7d, told.is_anomaly,
  sum(month.sessions)::bigint as sessions_28d,
  sum(month.purchases)::bigint as purchases_28d
from told
join serving.current_fct_landing_pages as month
  on month.shop_id = :shop_id
  and month.page = told.page
  and month.day between told.day - 27 and told.day
group by told.page, told.day, told.sessions_7d, told.sessions_previous_7d, told.is_anomaly
order by told.page
