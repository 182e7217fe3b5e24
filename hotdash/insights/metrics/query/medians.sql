-- The two in the middle: of an odd number they are the same one, which the second fraction, a hair
-- above the half, still finds.
with valued as (
  select asked.side{shop}, {bucket} as bucket{dimensions}, {value} as value
  from {relation} as fact
  join unnest(
    cast(:segments as int[]), cast(:sides as int[]), cast(:shop_ids as text[]),
    cast(:firsts as date[]), cast(:lasts as date[]), cast(:shifts as int[]){switch_arrays}
  ) as asked (segment, side, shop_id, first_day, last_day, shift{switches})
    on fact.shop_id = asked.shop_id and fact.day between asked.first_day and asked.last_day
  where {rows}
)
select
  {groups},
  percentile_disc(array[0.5, 0.5000000001]) within group (order by value) as middles
from valued
group by {groups}
limit :most
