select
  shop_id,
  load_id,
  fetched_at,
  is_deleted,
  site_url,
  permission,
  timezone
from {{ source('search_console', 'search_console_sites') }}
where load_id in (select load_id from {{ ref('stg_hotdash__committed_loads') }})
