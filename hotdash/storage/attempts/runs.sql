select
  shop_id, job_run_id,
  count(*) as attempts,
  count(*) filter (where status <> 'ok') as failed,
  count(*) filter (where status = 'ok') as delivered,
  count(*) filter (where status = 'dead') as given_up,
  mode(coalesce(code, 'HTTP ' || http_status)) filter (where status <> 'ok') as code,
  max(told_at) as last_at
from attempts
where job_run_id <> ''
group by shop_id, job_run_id
order by shop_id, job_run_id
