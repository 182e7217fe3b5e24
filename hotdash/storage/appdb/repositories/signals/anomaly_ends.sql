-- Of each watched series how the newest anomaly stands that somebody was given or that was ended.
select distinct on (found.key) found.key, said.state
from app.anomalies as found
join lateral (
  select event.state
  from app.anomaly_events as event
  where event.shop_id = found.shop_id and event.anomaly_id = found.anomaly_id
  order by event.at desc, event.event_id desc
  limit 1
) as said on said.state in ('assigned', 'explained', 'false_alarm')
where found.shop_id = :shop_id and found.key = any(cast(:series as text[]))
order by found.key, found.day desc, found.found_at desc
