-- Of each window what every shop met: refused calls from its first to its last, and the others in the same seconds.
with met as (
  select
    windows.number,
    shop_id,
    min(told_at) as first_at,
    max(told_at) as last_at,
    list_sort(list(distinct job_run_id) filter (where job_run_id <> '')) as job_runs,
    list_sort(list(distinct attempts.scope)) as operations
  from windows
  join attempts
    on attempts.is_refused
    and windows.key = case windows.scope when 'shop_id' then shop_id else job_run_id end
    and attempts.told_at between windows.first_at and windows.last_at
  group by windows.number, shop_id
),
counted as (
  select
    windows.number,
    shop_id,
    cast(sum(refused) as bigint) as refused,
    cast(sum(others) as bigint) as others
  from windows
  join paces
    on windows.key = case windows.scope when 'shop_id' then shop_id else job_run_id end
    and moment between windows.first_moment and windows.last_moment
  group by windows.number, shop_id
)
select number, shop_id, first_at, last_at, job_runs, operations, refused, others
from met
join counted using (number, shop_id)
order by number, shop_id
