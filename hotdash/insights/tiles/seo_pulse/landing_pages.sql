with newest as materialized (
  select max(page.day) as day
  from serving.current_fct_landing_pages as page
  where page.shop_id = :shop_id and page.is_judged
)
select
  page.page,
  page.sessions_7d as sessions,
  page.sessions_previous_7d as before,
  round((page.sessions_7d - page.sessions_previous_7d)::numeric / nullif(page.sessions_previous_7d, 0), 4) as change,
  case when page.is_anomaly then 'lost visitors' else '' end as flag,
  count(*) over () as total
from serving.current_fct_landing_pages as page
join newest on newest.day = page.day
where page.shop_id = :shop_id and page.sessions_7d + page.sessions_previous_7d > 0
order by greatest(page.sessions_7d, page.sessions_previous_7d) desc, page.page
limit :most
