select
  orders.shop_id,
  orders.order_id,
  transactions.transaction_id,
  transactions.parent_id,
  orders.day,
  coalesce(transactions.processed_at, transactions.created_at) as paid_at,
  {{ shop_local_date('coalesce(transactions.processed_at, transactions.created_at)', 'shops.timezone') }} as paid_day,
  transactions.kind,
  transactions.status,
  transactions.gateway,
  coalesce(transactions.is_test, false) as is_test,
  orders.is_counted,
  transactions.currency,
  {{ money('transactions.amount') }} as amount,
  {{ money('coalesce(transactions.fee_amount, 0)') }} as fees
from {{ ref('int_orders') }} as orders
inner join {{ ref('int_affected_partitions') }} as affected
  on affected.shop_id = orders.shop_id and affected.day = orders.day
inner join {{ ref('int_shops') }} as shops on shops.shop_id = orders.shop_id
inner join {{ ref('stg_shopify__transactions') }} as transactions
  on {{ same_version('transactions', 'orders') }}
