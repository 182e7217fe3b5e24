-- Of each watched anomaly what was said of it last.
select distinct on (event.anomaly_id) event.anomaly_id, event.state
from app.anomaly_events as event
where
  event.shop_id = :shop_id
  and cast(event.anomaly_id as text) = any(cast(:anomalies as text[]))
order by event.anomaly_id, event.at desc, event.event_id desc
