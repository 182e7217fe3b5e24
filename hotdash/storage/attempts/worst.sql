with worst as (
  select * from followed
  where failed > 0
  order by failed desc, first_at, shop_id, scope, id
  limit 10
)
select
  worst.id, worst.shop_id, worst.scope, worst.attempts, worst.failed, worst.fate,
  worst.first_at, worst.last_at,
  max_by(coalesce(attempts.code, 'HTTP ' || attempts.http_status), attempts.told_at) as last_code
from worst
join attempts using (shop_id, scope, id)
where attempts.status <> 'ok'
group by all
order by worst.failed desc, worst.first_at, worst.shop_id, worst.scope, worst.id
