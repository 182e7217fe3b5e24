with reached as (
  select
    shop_id,
    case
      when source_name in ('shopify', 'files') then 'store'
      when source_name = 'chatwoot' then 'support'
      else 'other'
    end as subject,
    max(committed_at) as reached_at,
    max(complete_through) as complete_through,
    max(case when is_built then committed_at end) as built_at
  from {{ ref('stg_hotdash__committed_loads') }}
  where source_name <> 'hotdash'
  group by 1, 2
)

select
  reached.shop_id,
  reached.subject,
  reached.reached_at,
  reached.built_at,
  {{ shop_local_date('reached.complete_through', 'shops.timezone') }} - 1 as complete_day,
  {{ shop_local_date('reached.reached_at', 'shops.timezone') }} as day,
  {{ shop_local_date('reached.built_at', 'shops.timezone') }} as built_day
from reached
inner join {{ ref('int_shops') }} as shops on shops.shop_id = reached.shop_id
