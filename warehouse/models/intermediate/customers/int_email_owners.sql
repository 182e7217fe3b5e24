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
)

select
  shop_id,
  email_hash,
  coalesce(min(case when holds_it then customer_id end), min(customer_id)) as customer_id,
  coalesce(min(case when held_it then customer_id end), min(case when is_built then customer_id end))
    as customer_id_before
from seen
group by shop_id, email_hash
