select
  load_id,
  shop_id,
  source as source_name,
  min(case when event = 'committed' then "at" end) as committed_at,
  max(case when event = 'committed' then complete_through end) as complete_through,
  max(case when event = 'built' then 1 else 0 end) = 1 as is_built
from {{ source('hotdash', 'load_events') }}
group by load_id, shop_id, source
having
  max(case when event = 'committed' then 1 else 0 end) = 1
  and max(case when event = 'discarded' then 1 else 0 end) = 0
