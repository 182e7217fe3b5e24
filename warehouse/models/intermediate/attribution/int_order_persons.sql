with known as (
  select distinct
    shop_id,
    coalesce(visitor_id, 'customer' || chr(31) || customer_id) as person,
    {{ cast_or_null('customer_id', 'bigint') }} as customer_id,
    {{ cast_or_null('order_id', 'bigint') }} as order_id
  from {{ ref('stg_clickstream__touches') }}
  where not is_deleted and (customer_id is not null or order_id is not null)
)

select
  known.shop_id,
  known.order_id,
  known.person
from known
where known.order_id is not null and known.person is not null
union
select
  orders.shop_id,
  orders.order_id,
  known.person
from known
inner join {{ ref('stg_shopify__orders') }} as orders
  on orders.shop_id = known.shop_id and orders.customer_id = known.customer_id
where known.person is not null
