select
  attempt,
  count(*) as attempts,
  count(*) filter (where status = 'ok') as succeeded
from attempts
group by attempt
order by attempt
limit 100
