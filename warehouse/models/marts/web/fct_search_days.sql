select
  queries.shop_id,
  queries.day,
  queries.page,
  queries.query,
  'America/Los_Angeles' as timezone,
  queries.clicks,
  queries.impressions,
  {{ money('queries.position * queries.impressions') }} as position_sum
from {{ ref('stg_search_console__queries') }} as queries
inner join {{ ref('int_affected_web') }} as affected
  on affected.shop_id = queries.shop_id and affected.day = queries.day
