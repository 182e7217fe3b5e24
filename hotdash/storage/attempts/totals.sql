select
  count(*) as attempts,
  count(*) filter (where status <> 'ok') as failed,
  count(*) filter (where is_refused) as refused,
  count(*) filter (where attempt > 1) as retries,
  count(*) filter (where attempt > 1 and status = 'ok') as retries_succeeded,
  count(*) filter (where status = 'dead') as given_up,
  count(*) filter (where status = 'stopped') as stopped,
  count(*) filter (where is_refused and retry_after_s is not null) as told_to_wait,
  max(retry_after_s) filter (where is_refused) as longest_told_wait,
  count(*) filter (
    where retry_after_s is not null
      and will_retry_at < told_at + to_microseconds(cast(retry_after_s * 1000000 as bigint))
  ) as came_too_early,
  count(distinct shop_id) as shops,
  count(distinct job_run_id) filter (where job_run_id <> '') as job_runs,
  min(told_at) as first_at,
  max(told_at) as last_at
from attempts
