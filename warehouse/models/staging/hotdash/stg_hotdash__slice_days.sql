with readings as (
  select
    days.shop_id,
    days.table_name,
    days.day,
    days.load_id,
    days.fetched_at,
    loads.committed_at,
    row_number() over (
      partition by days.shop_id, days.table_name, days.day
      order by days.fetched_at desc, days.load_id desc
    ) as place
  from {{ source('hotdash', 'slice_days') }} as days
  inner join {{ ref('stg_hotdash__committed_loads') }} as loads on loads.load_id = days.load_id
)

select
  shop_id,
  table_name,
  day,
  load_id,
  fetched_at,
  committed_at
from readings
where place = 1
