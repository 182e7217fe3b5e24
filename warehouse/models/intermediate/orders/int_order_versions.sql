with days as (
  {{ days_of_quarters(ref('stg_shopify__orders'), ['processed_at']) }}
),

tombstones as (
  select
    shop_id,
    order_id,
    max(fetched_at) as deleted_at
  from {{ ref('stg_shopify__orders') }}
  where is_deleted
  group by shop_id, order_id
)

select
  orders.shop_id,
  orders.order_id,
  orders.load_id,
  orders.fetched_at,
  orders.is_deleted,
  orders.processed_at,
  orders.customer_id,
  orders.email_hash,
  case
    when not orders.is_deleted and orders.fetched_at > tombstones.deleted_at
      then greatest(coalesce(orders.updated_at, orders.fetched_at), tombstones.deleted_at)
    else coalesce(orders.updated_at, orders.fetched_at)
  end as version_at,
  loads.committed_at,
  loads.is_built,
  days.day
from {{ ref('stg_shopify__orders') }} as orders
inner join {{ ref('stg_hotdash__committed_loads') }} as loads on loads.load_id = orders.load_id
left join days
  on days.shop_id = orders.shop_id and days.begun_at = {{ quarter_hour('orders.processed_at') }}
left join tombstones
  on tombstones.shop_id = orders.shop_id and tombstones.order_id = orders.order_id
