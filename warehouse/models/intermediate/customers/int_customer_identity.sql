with seen as (
  select
    *,
    coalesce(updated_at, fetched_at) as version_at,
    max(case when is_deleted then fetched_at end) over (
      partition by shop_id, customer_id
    ) as deleted_at
  from {{ ref('stg_shopify__customers') }}
),

-- A customer who was fetched after a tombstone is there again, however old the last change is.
versions as (
  select
    *,
    row_number() over (
      partition by shop_id, customer_id
      order by
        case
          when not is_deleted and fetched_at > deleted_at then greatest(version_at, deleted_at)
          else version_at
        end desc,
        fetched_at desc,
        load_id desc
    ) as place
  from seen
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
