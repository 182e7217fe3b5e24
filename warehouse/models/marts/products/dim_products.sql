with states as (
  {{ product_states() }}
),

told as (
  select
    shop_id,
    product_id,
    max(case when is_deleted then fetched_at end) as deleted_at,
    max(case when not is_deleted then fetched_at end) as read_at
  from {{ ref('stg_shopify__products') }}
  group by shop_id, product_id
)

select
  states.shop_id,
  states.product_id,
  {{ bucket_of("md5(states.shop_id || chr(31) || cast(states.product_id as text))") }} as bucket,
  states.title,
  states.handle,
  states.product_type,
  states.vendor,
  states.status,
  states.category,
  states.category_rule,
  states.created_at,
  coalesce(told.deleted_at > told.read_at, false) as is_deleted
from states
inner join told on told.shop_id = states.shop_id and told.product_id = states.product_id
