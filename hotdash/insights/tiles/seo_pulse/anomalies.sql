-- Of the newest day whose two weeks were read in full.
with newest as materialized (
  select max(page.day) as day
  from serving.current_fct_landing_pages as page
  where page.shop_id = :shop_id and page.is_judged
)
select
  page.page,
  page.day,
  page.sessions_7d as sessions,
  page.sessions_previous_7d as before,
  round((page.sessions_7d - page.sessions_previous_7d)::numeric / nullif(page.sessions_previous_7d, 0), 4) as change,
  count(*) over () as total
from serving.current_fct_landing_pages as page
join newest on newest.day = page.day
where page.shop_id = :shop_id and page.is_anomaly
order by page.sessions_7d - page.sessions_previous_7d, page.page
limit :most
