select
  found.anomaly_id, found.key, found.metric, found.title, found.dimension, found.part_name,
  found.grain, found.day, found.hour, found.value, found.expected, found.unit, found.z,
  found.money, found.context, found.found_at, coalesce(said.state, 'new') as state
from app.anomaly_looks as look
join app.anomalies as found on found.shop_id = look.shop_id and found.day >= look.last_day - 7
left join lateral (
  select event.state
  from app.anomaly_events as event
  where event.shop_id = found.shop_id and event.anomaly_id = found.anomaly_id
  order by event.at desc, event.event_id desc
  limit 1
) as said on true
where
  look.shop_id = :shop_id
  and found.level = 'alert'
  and found.is_new
  and not found.is_better
  and found.gone_at is null
order by found.day desc, abs(found.z) desc, found.key
