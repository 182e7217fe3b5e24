with newest as (
  select
    load_id,
    row_number() over (partition by shop_id order by committed_at desc, load_id desc) as place
  from {{ ref('stg_hotdash__committed_loads') }}
  where source_name = 'hotdash'
),

told as (
  select
    settings.*,
    max(case when loads.is_built then 1 else 0 end) over (
      partition by
        settings.shop_id, settings.setting, settings.applies_to, settings.subject,
        settings.effective_from, settings.decided_at, settings.value
    ) = 0 as is_news
  from {{ source('hotdash', 'operating_settings') }} as settings
  inner join {{ ref('stg_hotdash__committed_loads') }} as loads on loads.load_id = settings.load_id
),

decided as (
  select
    told.*,
    row_number() over (
      partition by told.shop_id, told.setting, told.applies_to, told.subject, told.effective_from
      order by told.decided_at desc
    ) as place
  from told
  inner join newest on newest.load_id = told.load_id and newest.place = 1
)

select
  shop_id,
  setting,
  applies_to,
  subject,
  value,
  effective_from,
  is_news
from decided
where place = 1
