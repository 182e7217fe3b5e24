select
  shop_id,
  load_id,
  fetched_at,
  is_deleted,
  property_id,
  timezone,
  currency
from {{ source('ga4', 'ga4_properties') }}
where load_id in (select load_id from {{ ref('stg_hotdash__committed_loads') }})
