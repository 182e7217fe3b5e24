with ordering as (
  select
    shop_id,
    customer_key,
    min(case when is_counted then day end) as first_order_day,
    max(case when is_counted then day end) as last_order_day,
    sum(case when is_counted then 1 else 0 end) as counted_orders
  from {{ ref('fct_orders') }}
  group by shop_id, customer_key
),

everyone as (
  select shop_id, customer_key from ordering
  union
  select shop_id, customer_key from {{ ref('int_customer_identity') }}
)

select
  everyone.shop_id,
  everyone.customer_key,
  {{ bucket_of('everyone.customer_key') }} as bucket,
  ordering.first_order_day,
  ordering.last_order_day,
  cast(coalesce(ordering.counted_orders, 0) as bigint) as counted_orders
from everyone
left join ordering
  on ordering.shop_id = everyone.shop_id and ordering.customer_key = everyone.customer_key
