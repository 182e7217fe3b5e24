select
  shop_id,
  load_id,
  fetched_at,
  table_name,
  vendor_id,
  reason
from {{ source('hotdash', 'quarantine') }}
where load_id in (select load_id from {{ ref('stg_hotdash__committed_loads') }})
