select
  shop_id,
  load_id,
  fetched_at,
  is_deleted,
  table_name,
  loader,
  rows as row_count,
  synced_through
from {{ source('files', 'files_readings') }}
where load_id in (select load_id from {{ ref('stg_hotdash__committed_loads') }})
