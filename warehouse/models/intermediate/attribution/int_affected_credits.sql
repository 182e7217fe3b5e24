with changed as (
  select
    weights.shop_id,
    weights.month,
    min(later.month) as before_month
  from (
    select distinct shop_id, month from {{ ref('stg_hotdash__attribution_weights') }} where not is_built
  ) as weights
  left join {{ ref('int_markov_weights') }} as later
    on later.shop_id = weights.shop_id and later.month > weights.month
  group by weights.shop_id, weights.month
),

days as (
  select distinct
    shop_id,
    day
  from {{ ref('fct_touches') }}
)

select
  shop_id,
  day
from {{ ref('int_affected_journeys') }}
union
select
  days.shop_id,
  days.day
from days
inner join changed
  on changed.shop_id = days.shop_id
  and {{ month_of('days.day') }} >= changed.month
  and {{ month_of('days.day') }} < coalesce(changed.before_month, '9999-12')
