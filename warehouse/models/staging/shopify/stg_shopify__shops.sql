select
  shop_id,
  load_id,
  fetched_at,
  is_deleted,
  shopify_shop_id,
  name,
  domain,
  iana_timezone,
  currency,
  taxes_included,
  plan,
  created_at
from {{ source('shopify', 'shopify_shops') }}
where load_id in (select load_id from {{ ref('stg_hotdash__committed_loads') }})
