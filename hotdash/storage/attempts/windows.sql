create or replace table windows as
select
  *,
  epoch_us(first_at) // 5000000 as first_moment,
  epoch_us(last_at) // 5000000 as last_moment
from told_windows
