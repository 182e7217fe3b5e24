-- Everything is read as text and cast with care: a line that does not fit is counted, never the end of it.
create or replace table told as
with lines as (
  select *
  from read_ndjson(
    $FILES,
    columns = {
      'id': 'varchar', 'shop_id': 'varchar', 'job_run_id': 'varchar', 'scope': 'varchar',
      'attempt': 'varchar', 'rows': 'varchar', 'status': 'varchar', 'http_status': 'varchar',
      'code': 'varchar', 'latency_ms': 'varchar', 'retry_after_s': 'varchar',
      'will_retry_at': 'varchar', 'at': 'varchar'
    },
    ignore_errors = true
  )
),
cast_lines as (
  select
    id, shop_id, coalesce(job_run_id, '') as job_run_id, coalesce(scope, '') as scope,
    try_cast(attempt as integer) as attempt,
    greatest(coalesce(try_cast(rows as bigint), 1), 1) as batch_rows,
    status, try_cast(http_status as integer) as http_status, code,
    try_cast(latency_ms as bigint) as latency_ms,
    try_cast(retry_after_s as double) as retry_after_s,
    try_cast(will_retry_at as timestamptz) as will_retry_at,
    try_cast("at" as timestamptz) as told_at
  from lines
)
select
  * exclude (latency_ms),
  coalesce(latency_ms, 0) as latency_ms,
  coalesce(http_status = 429, false) as is_refused,
  id is null or shop_id is null or attempt is null or attempt < 1 or told_at is null
    or status is null or status not in ('ok', 'retry', 'dead', 'stopped') as is_unreadable
from cast_lines
