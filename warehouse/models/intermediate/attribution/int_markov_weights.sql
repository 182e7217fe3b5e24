with lenders as (
  select distinct
    shop_id,
    month
  from {{ ref('stg_hotdash__attribution_weights') }}
  where channel is not null
),

periods as (
  select
    shop_id,
    month,
    lead(month) over (partition by shop_id order by month) as before_month
  from lenders
)

select
  periods.shop_id,
  periods.month,
  periods.before_month,
  weights.channel,
  weights.weight
from periods
inner join {{ ref('stg_hotdash__attribution_weights') }} as weights
  on weights.shop_id = periods.shop_id and weights.month = periods.month and weights.channel is not null
