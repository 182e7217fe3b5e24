select
  call.vendor,
  count(*) as calls,
  count(*) filter (where call.status <> 'ok') as failed,
  round(count(*) filter (where call.status <> 'ok')::numeric / count(*), 4) as error_rate,
  count(*) over () as total
from app.api_calls as call
where call.shop_id = :shop_id and call.at > cast(:now as timestamptz) - interval '24 hours' and call.at <= :now
group by call.vendor
order by failed desc, call.vendor
limit :most
