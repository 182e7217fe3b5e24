-- Calls to vendors: how many of each kind, by hour.
select shop_id, date_trunc('hour', at, 'UTC') as hour, vendor, operation, status,
  count(*) as calls, sum(retries) as retries, round(max(seconds)::numeric, 3) as slowest_seconds
from app.api_calls
where at >= :since and at < :until
  and (cast(:shop as text) is null or shop_id = :shop)
group by 1, 2, 3, 4, 5
order by 2, 1, 3, 4, 5
