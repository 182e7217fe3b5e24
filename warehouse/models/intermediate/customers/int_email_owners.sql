with seen as (
  select
    shop_id,
    email_hash,
    customer_id,
    is_newest as holds_it,
    was_newest as held_it,
    is_built
  from {{ ref('int_customer_versions') }}
  where email_hash is not null and not is_deleted
  union all
  select
    orders.shop_id,
    orders.email_hash,
    orders.customer_id,
    false as holds_it,
    false as held_it,
    loads.is_built
  from {{ ref('stg_shopify__orders') }} as orders
  inner join {{ ref('stg_hotdash__committed_loads') }} as loads on loads.load_id = orders.load_id
  where orders.email_hash is not null and orders.customer_id is not null
),

customers as (
  select
    shop_id,
    email_hash,
    customer_id,
    max(case when holds_it then 1 else 0 end) as holds_it,
    max(case when held_it then 1 else 0 end) as held_it,
    max(case when is_built then 1 else 0 end) as was_known
  from seen
  group by shop_id, email_hash, customer_id
),

ranked as (
  select
    *,
    row_number() over (
      partition by shop_id, email_hash
      order by holds_it desc, customer_id
    ) as place,
    row_number() over (
      partition by shop_id, email_hash
      order by was_known desc, held_it desc, customer_id
    ) as place_before
  from customers
)

select
  shop_id,
  email_hash,
  max(case when place = 1 then customer_id end) as customer_id,
  max(case when place_before = 1 and was_known = 1 then customer_id end) as customer_id_before
from ranked
group by shop_id, email_hash
