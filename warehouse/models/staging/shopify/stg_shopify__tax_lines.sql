select
  shop_id,
  load_id,
  fetched_at,
  is_deleted,
  order_id,
  on_shipping,
  line_id,
  place,
  title,
  rate,
  amount
from {{ source('shopify', 'shopify_tax_lines') }}
where load_id in (select load_id from {{ ref('stg_hotdash__committed_loads') }})
