-- `breadth`: with how many keys of the other scope a window met refusals.
create or replace table windows as
with bounded as (
  select
    *,
    epoch_us(first_at) // 5000000 as first_moment,
    epoch_us(last_at) // 5000000 as last_moment
  from told_windows
)
select
  bounded.*,
  (
    select count(distinct case bounded.scope when 'shop_id' then job_run_id else shop_id end)
    from paces
    where refused > 0
      and moment between bounded.first_moment and bounded.last_moment
      and bounded.key = case bounded.scope when 'shop_id' then shop_id else job_run_id end
  ) as breadth
from bounded
