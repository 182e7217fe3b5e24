select
  shop_id,
  load_id,
  fetched_at,
  is_deleted,
  order_id,
  transaction_id,
  parent_id,
  kind,
  status,
  gateway,
  is_test,
  amount,
  currency,
  fee_amount,
  other_fees,
  created_at,
  processed_at
from {{ source('shopify', 'shopify_transactions') }}
where load_id in (select load_id from {{ ref('stg_hotdash__committed_loads') }})
