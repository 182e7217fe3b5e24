select
  shop_id,
  load_id,
  fetched_at,
  is_deleted,
  fulfillment_id,
  fulfillment_line_id,
  line_id,
  quantity
from {{ source('shopify', 'shopify_fulfillment_lines') }}
where load_id in (select load_id from {{ ref('stg_hotdash__committed_loads') }})
