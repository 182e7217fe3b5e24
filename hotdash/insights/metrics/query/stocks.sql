-- A stock is what the newest day of the mart holds; whatever is gone by then is not counted with what
-- it had on its own last day, so the newest day is found before anything is filtered away. Of a plan that
-- is over by then nothing is held, not even nought.
with read as (
  select
    asked.segment, asked.side, {bucket} as bucket, fact.*,
    max(fact.day) over (partition by asked.side, fact.shop_id, {bucket}) as newest
  from {relation} as fact
  join unnest(
    cast(:segments as int[]), cast(:sides as int[]), cast(:shop_ids as text[]),
    cast(:firsts as date[]), cast(:lasts as date[]), cast(:shifts as int[])
  ) as asked (segment, side, shop_id, first_day, last_day, shift)
    on fact.shop_id = asked.shop_id and fact.day between asked.first_day and asked.last_day
  where {known}
)
select fact.segment, fact.side, fact.bucket{dimensions}{sums}, bool_or({stands}) as stands
from read as fact{rates}
where {filtered}
group by {groups}
limit :most
