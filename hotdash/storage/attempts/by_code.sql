with failures as (
  select shop_id, scope, id, http_status, code, count(*) as attempts
  from attempts
  where status <> 'ok'
  group by shop_id, scope, id, http_status, code
)
select
  http_status, code,
  cast(sum(failures.attempts) as bigint) as attempts,
  count(*) as ids,
  count(*) filter (where fate = 'recovered') as recovered
from failures
join followed using (shop_id, scope, id)
group by http_status, code
order by attempts desc, http_status nulls last, code nulls last
limit 50
