select
  windows.number,
  list_sort(list(distinct shop_id)) as shops,
  list_sort(list(distinct job_run_id) filter (where job_run_id <> '')) as job_runs,
  list_sort(list(distinct attempts.scope)) as operations
from windows
join attempts
  on attempts.is_refused
  and windows.key = case windows.scope when 'shop_id' then shop_id else job_run_id end
  and attempts.told_at between windows.first_at and windows.last_at
group by windows.number
order by windows.number
