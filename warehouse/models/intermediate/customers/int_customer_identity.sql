select
  newest.shop_id,
  newest.customer_id,
  {{ customer_key('newest.shop_id', 'newest.customer_id', 'newest.email_hash', 'newest.customer_id') }}
    as customer_key,
  customers.email,
  customers.first_name,
  customers.last_name,
  newest.email_hash,
  newest.tags,
  customers.created_at
from {{ ref('int_customer_versions') }} as newest
inner join {{ ref('stg_shopify__customers') }} as customers
  on
    customers.shop_id = newest.shop_id
    and customers.customer_id = newest.customer_id
    and customers.load_id = newest.load_id
    and customers.fetched_at = newest.fetched_at
where newest.is_newest and not newest.is_deleted
