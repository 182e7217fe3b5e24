select
  customers.shop_id,
  customers.customer_id,
  customers.load_id,
  customers.fetched_at,
  customers.is_deleted,
  {{ email_hash('customers.email') }} as email_hash,
  case when customers.is_deleted then '' else coalesce(customers.tags, '') end as tags,
  loads.is_built,
  row_number() over (
    partition by customers.shop_id, customers.customer_id
    order by
      coalesce(customers.updated_at, customers.fetched_at) desc,
      customers.fetched_at desc,
      customers.load_id desc
  ) = 1 as is_newest,
  loads.is_built and row_number() over (
    partition by customers.shop_id, customers.customer_id, loads.is_built
    order by
      coalesce(customers.updated_at, customers.fetched_at) desc,
      customers.fetched_at desc,
      customers.load_id desc
  ) = 1 as was_newest
from {{ ref('stg_shopify__customers') }} as customers
inner join {{ ref('stg_hotdash__committed_loads') }} as loads on loads.load_id = customers.load_id
