with reads as (
  select
    days.shop_id,
    case days.table_name when 'meta_ads_campaign_days' then 'meta' else 'google' end as platform,
    days.day,
    loads.is_built
  from {{ ref('stg_hotdash__slice_days') }} as days
  inner join {{ ref('stg_hotdash__committed_loads') }} as loads on loads.load_id = days.load_id
  where days.table_name in ('meta_ads_campaign_days', 'google_ads_campaign_days')
),

-- Of every version that was ever told, so that no later one makes the span shorter.
days_of_shops as (
  select shop_id, day, is_built from {{ ref('int_order_versions') }} where day is not null
  union all
  select shop_id, day, is_built from reads
),

spans as (
  select
    shop_id,
    min(day) as first_day,
    max(day) as last_day,
    min(case when is_built then day end) as first_built,
    max(case when is_built then day end) as last_built
  from days_of_shops
  group by shop_id
),

platforms as (
  select
    shop_id,
    platform,
    max(case when is_built then 1 else 0 end) = 1 as was_connected
  from reads
  group by shop_id, platform
  union all
  select
    spans.shop_id,
    '' as platform,
    true as was_connected
  from spans
  where not exists (select 1 from reads where reads.shop_id = spans.shop_id)
),

spine as (
  select
    shop_id,
    first_built,
    last_built,
    {{ days_from_to('first_day', 'last_day') }} as day
  from spans
)

select
  spine.shop_id,
  spine.day,
  platforms.platform,
  not platforms.was_connected
  or spine.first_built is null
  or spine.day < spine.first_built
  or spine.day > spine.last_built as is_new
from spine
inner join platforms on platforms.shop_id = spine.shop_id
left join reads
  on reads.shop_id = spine.shop_id and reads.platform = platforms.platform and reads.day = spine.day
{{ joined_policy('no_ads_bought', 'spine') }}
where
  reads.shop_id is null
  and coalesce(no_ads_bought.value, 'unsaid') not in ('anywhere', platforms.platform)
