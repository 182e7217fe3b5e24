with tombstones as (
  select
    customers.shop_id,
    customers.customer_id,
    max(customers.fetched_at) as deleted_at,
    max(case when loads.is_built then customers.fetched_at end) as deleted_at_before
  from {{ ref('stg_shopify__customers') }} as customers
  inner join {{ ref('stg_hotdash__committed_loads') }} as loads on loads.load_id = customers.load_id
  where customers.is_deleted
  group by customers.shop_id, customers.customer_id
),

seen as (
  select
    customers.*,
    loads.is_built,
    coalesce(customers.updated_at, customers.fetched_at) as version_at,
    tombstones.deleted_at,
    tombstones.deleted_at_before
  from {{ ref('stg_shopify__customers') }} as customers
  inner join {{ ref('stg_hotdash__committed_loads') }} as loads on loads.load_id = customers.load_id
  left join tombstones
    on tombstones.shop_id = customers.shop_id and tombstones.customer_id = customers.customer_id
),

-- A customer who was fetched after a tombstone is there again, however old the last change is.
dated as (
  select
    *,
    case
      when not is_deleted and fetched_at > deleted_at then greatest(version_at, deleted_at)
      else version_at
    end as holds_since,
    case
      when not is_deleted and fetched_at > deleted_at_before then greatest(version_at, deleted_at_before)
      else version_at
    end as held_since
  from seen
)

select
  shop_id,
  customer_id,
  load_id,
  fetched_at,
  is_deleted,
  {{ email_hash('email') }} as email_hash,
  case when is_deleted then '' else coalesce(tags, '') end as tags,
  is_built,
  row_number() over (
    partition by shop_id, customer_id
    order by holds_since desc, fetched_at desc, load_id desc
  ) = 1 as is_newest,
  is_built and row_number() over (
    partition by shop_id, customer_id, is_built
    order by held_since desc, fetched_at desc, load_id desc
  ) = 1 as was_newest
from dated
