-- Calls by five seconds. One call writes a line for each of its rows, so a line weighs its part of the call.
create or replace table paces as
with calls as (
  select
    shop_id, job_run_id, told_at, is_refused,
    greatest(1, cast(round(sum(1.0 / batch_rows)) as bigint)) as calls,
    max(will_retry_at) as will_retry_at
  from attempts
  group by shop_id, job_run_id, told_at, is_refused
)
select
  shop_id, job_run_id,
  epoch_us(told_at) // 5000000 as moment,
  cast(coalesce(sum(calls) filter (where is_refused), 0) as bigint) as refused,
  cast(coalesce(sum(calls) filter (where not is_refused), 0) as bigint) as others,
  epoch_us(min(told_at)) as first_us,
  epoch_us(min(told_at) filter (where is_refused)) as refused_first_us,
  epoch_us(max(told_at) filter (where is_refused)) as refused_last_us,
  epoch_us(max(will_retry_at) filter (where is_refused)) as rests_until_us
from calls
group by shop_id, job_run_id, moment
