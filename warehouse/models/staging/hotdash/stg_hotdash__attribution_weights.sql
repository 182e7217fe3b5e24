with ranked as (
  select
    weights.shop_id,
    weights.load_id,
    weights.month,
    weights.channel,
    weights.weight,
    loads.is_built,
    rank() over (
      partition by weights.shop_id, weights.month
      order by weights.fetched_at desc, weights.load_id desc
    ) as place
  from {{ source('hotdash', 'attribution_weights') }} as weights
  inner join {{ ref('stg_hotdash__committed_loads') }} as loads on loads.load_id = weights.load_id
)

select
  shop_id,
  load_id,
  month,
  channel,
  weight,
  is_built
from ranked
where place = 1
