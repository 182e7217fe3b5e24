-- Of each window what every shop met. A run's window tells a shop what no window of its own tells it, from its
-- own first refused call to its last, and the others in the same seconds.
with of_runs as (
  select windows.number, met.*
  from windows
  join unexplained('job_run_id') as met
    on met.key = windows.key and met.moment between windows.first_moment and windows.last_moment
  where windows.scope = 'job_run_id'
),
bounds as (
  select
    number, shop_id,
    make_timestamptz(min(refused_first_us)) as first_at,
    make_timestamptz(max(refused_last_us)) as last_at
  from of_runs
  where refused > 0
  group by number, shop_id
  union all
  select number, key, first_at, last_at from windows where scope = 'shop_id'
),
counted as (
  select
    number, shop_id,
    cast(sum(refused) as bigint) as refused,
    cast(sum(others) as bigint) as others
  from of_runs
  join bounds using (number, shop_id)
  where moment between epoch_us(first_at) // 5000000 and epoch_us(last_at) // 5000000
  group by number, shop_id
),
said as (
  select
    bounds.number, attempts.shop_id,
    list_sort(list(distinct job_run_id) filter (where job_run_id <> '')) as job_runs,
    list_sort(list(distinct attempts.scope)) as operations
  from bounds
  join windows using (number)
  join attempts
    on attempts.is_refused and attempts.shop_id = bounds.shop_id
    and windows.key = case windows.scope when 'shop_id' then attempts.shop_id else job_run_id end
    and attempts.told_at between bounds.first_at and bounds.last_at
  group by bounds.number, attempts.shop_id
)
select number, shop_id, first_at, last_at, job_runs, operations, refused, others
from bounds
join said using (number, shop_id)
left join counted using (number, shop_id)
order by number, shop_id
