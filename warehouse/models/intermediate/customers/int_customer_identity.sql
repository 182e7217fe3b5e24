with versions as (
  select
    *,
    row_number() over (
      partition by shop_id, customer_id
      order by coalesce(updated_at, fetched_at) desc, fetched_at desc, load_id desc
    ) as place
  from {{ ref('stg_shopify__customers') }}
)

select
  shop_id,
  customer_id,
  {{ customer_key('shop_id', 'customer_id', 'customer_id') }} as customer_key,
  email,
  first_name,
  last_name,
  created_at
from versions
where place = 1 and not is_deleted
