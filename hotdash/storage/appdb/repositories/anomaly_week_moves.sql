-- A week ends a day later with every look: as long as nobody answered it, it is the one that was found before.
update app.anomalies as week
set day = :day
where
  week.shop_id = :shop_id
  and week.key = :key
  and week.grain = 'week'
  and week.day between cast(:day as date) - 6 and cast(:day as date) - 1
  and (week.z > 0) = :is_up
  and week.gone_at is null
  and not exists (
    select from app.anomaly_events as said
    where said.shop_id = week.shop_id and said.anomaly_id = week.anomaly_id
  )
  and not exists (
    select from app.anomalies as later
    where
      later.shop_id = week.shop_id
      and later.key = week.key
      and later.grain = week.grain
      and later.day > week.day
      and later.day <= :day
  )
