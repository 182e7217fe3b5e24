-- Our own record of calls names no question: within a run's operation each first try begins one.
create or replace table told as
with chained as (
  select
    *,
    sum(case when retries = 0 then 1 else 0 end) over chain as question,
    lead(retries) over chain as next_retries
  from calls
  window chain as (partition by shop_id, run_id, vendor, operation order by told_at, call_id)
)
select
  run_id || '/' || vendor || '/' || operation || '/' || question as id,
  shop_id, run_id as job_run_id, vendor || ' ' || operation as scope,
  cast(retries + 1 as integer) as attempt,
  cast(1 as bigint) as batch_rows,
  case
    when status = 'ok' then 'ok'
    when next_retries = retries + 1 then 'retry'
    else 'dead'
  end as status,
  case
    when status = 'throttled' then 429
    else try_cast(regexp_extract(status, '^HTTP ([0-9]{3})$', 1) as integer)
  end as http_status,
  case when status <> 'ok' then status end as code,
  cast(null as double) as retry_after_s,
  cast(null as timestamptz) as will_retry_at,
  told_at,
  cast(round(seconds * 1000) as bigint) as latency_ms,
  status in ('throttled', 'HTTP 429') as is_refused,
  false as is_unreadable
from chained
