select
  found.day, nullif(found.hour, -1) as hour, found.value, found.expected, found.low, found.high, found.unit,
  found.z, found.money as difference_worth, found.level
from app.anomalies as found
where found.shop_id = :shop_id and found.key = :name and found.gone_at is null
order by found.day desc, found.hour desc
