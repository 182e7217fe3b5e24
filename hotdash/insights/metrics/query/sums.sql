select
  asked.segment, asked.side, {bucket} as bucket{dimensions}{sums}
from {relation} as fact
join unnest(
  cast(:segments as int[]), cast(:sides as int[]), cast(:shop_ids as text[]),
  cast(:firsts as date[]), cast(:lasts as date[]), cast(:shifts as int[])
) as asked (segment, side, shop_id, first_day, last_day, shift)
  on fact.shop_id = asked.shop_id and fact.day between asked.first_day and asked.last_day{rates}
where {rows}
group by {groups}
limit :most
