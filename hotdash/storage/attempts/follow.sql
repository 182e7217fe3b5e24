-- One row per id with what became of it: `waiting` has neither arrived nor been given up.
create or replace table followed as
with gathered as (
  select
    shop_id, scope, id,
    count(*) as attempts,
    count(*) filter (where status <> 'ok') as failed,
    min(told_at) as first_at,
    max(told_at) as last_at,
    min(told_at) filter (where status = 'ok') as ok_at,
    min(attempt) filter (where status = 'ok') as ok_attempt,
    min(told_at) filter (where status <> 'ok') as failed_at,
    max(told_at) filter (where status = 'dead') as dead_at
  from attempts
  group by shop_id, scope, id
)
select
  *,
  case
    when ok_at is not null and (failed_at is null or failed_at > ok_at) then 'at_once'
    when ok_at is not null then 'recovered'
    when dead_at = last_at then 'dead'
    else 'waiting'
  end as fate
from gathered
