select
  date_trunc('hour', told_at) as hour,
  count(*) as attempts,
  count(*) filter (where status <> 'ok') as failed,
  count(*) filter (where is_refused) as refused,
  count(*) filter (where attempt = 1) as first_tries,
  count(*) filter (where attempt = 1 and status <> 'ok') as first_failed,
  count(*) filter (where attempt > 1) as retries,
  count(*) filter (where attempt > 1 and status = 'ok') as retries_succeeded
from attempts
group by hour
order by hour
