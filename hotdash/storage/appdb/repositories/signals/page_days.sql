select
  page.day, page.sessions, page.purchases, page.sessions_7d, page.sessions_previous_7d,
  page.is_judged, page.is_anomaly
from serving.current_fct_landing_pages as page
where page.shop_id = :shop_id and page.page = :name
order by page.day desc
limit 28
