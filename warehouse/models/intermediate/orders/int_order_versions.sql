select
  orders.shop_id,
  orders.order_id,
  orders.load_id,
  orders.fetched_at,
  orders.is_deleted,
  coalesce(orders.updated_at, orders.fetched_at) as version_at,
  loads.committed_at,
  loads.is_built,
  {{ shop_local_date('orders.processed_at', 'shops.timezone') }} as day
from {{ ref('stg_shopify__orders') }} as orders
inner join {{ ref('stg_hotdash__committed_loads') }} as loads on loads.load_id = orders.load_id
left join {{ ref('int_shops') }} as shops on shops.shop_id = orders.shop_id
