-- Of each landing page that was an anomaly in the week, its worst day.
select distinct on (fact.page)
  fact.page,
  fact.day,
  fact.sessions_7d as now,
  fact.sessions_previous_7d as before,
  count(*) over (partition by fact.page) as days
from serving.fct_landing_pages as fact
where fact.shop_id = :shop_id
  and fact.part = any(cast(:parts as bigint[]))
  and fact.day between :first and :last
  and fact.is_anomaly
order by fact.page, fact.sessions_7d - fact.sessions_previous_7d, fact.day
