with told as (
  select
    rates.*,
    max(case when loads.is_built then 1 else 0 end) over (
      partition by rates.shop_id, rates.day, rates.base, rates.quote, rates.imported_at
    ) = 0 as is_news,
    row_number() over (
      partition by rates.shop_id, rates.day, rates.base, rates.quote
      order by rates.imported_at desc, rates.load_id desc
    ) as place
  from {{ source('hotdash', 'exchange_rates') }} as rates
  inner join {{ ref('stg_hotdash__committed_loads') }} as loads on loads.load_id = rates.load_id
)

select
  shop_id,
  day,
  base,
  quote,
  rate,
  is_news
from told
where place = 1
