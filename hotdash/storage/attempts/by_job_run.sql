select
  job_run_id as key,
  count(*) as attempts,
  count(*) filter (where status <> 'ok') as failed,
  count(*) filter (where is_refused) as refused,
  count(*) filter (where attempt > 1) as retries,
  count(*) filter (where attempt > 1 and status = 'ok') as retries_succeeded
from attempts
where job_run_id <> ''
group by key
order by failed desc, key
limit 20
