with named as (
  select
    searches.shop_id,
    searches.day,
    sum(searches.clicks) as clicks
  from {{ ref('fct_search_days') }} as searches
  inner join {{ ref('int_affected_web') }} as affected
    on affected.shop_id = searches.shop_id and affected.day = searches.day
  group by searches.shop_id, searches.day
)

select
  days.shop_id,
  days.day,
  'America/Los_Angeles' as timezone,
  days.clicks,
  days.impressions,
  {{ money('days.position * days.impressions') }} as position_sum,
  {{ count_of('coalesce(by_page.clicks, 0) - coalesce(named.clicks, 0)') }} as clicks_of_unnamed_queries
from {{ ref('stg_search_console__days') }} as days
inner join {{ ref('int_affected_web') }} as affected
  on affected.shop_id = days.shop_id and affected.day = days.day
left join {{ ref('stg_search_console__days') }} as by_page
  on
    by_page.shop_id = days.shop_id
    and by_page.day = days.day
    and by_page.aggregation = 'BY_PAGE'
left join named on named.shop_id = days.shop_id and named.day = days.day
where days.aggregation = 'BY_PROPERTY'
