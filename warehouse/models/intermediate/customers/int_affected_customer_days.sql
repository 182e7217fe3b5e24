with versions as (
  select
    versions.shop_id,
    versions.order_id,
    versions.day,
    versions.processed_at,
    versions.is_built,
    versions.email_hash,
    versions.customer_id is null and owners.customer_id is distinct from owners.customer_id_before as is_moved,
    coalesce(versions.customer_id, owners.customer_id) as customer_id,
    coalesce(versions.customer_id, owners.customer_id_before) as customer_id_before
  from {{ ref('int_order_versions') }} as versions
  left join {{ ref('int_email_owners') }} as owners
    on
      owners.shop_id = versions.shop_id
      and owners.email_hash = case when versions.customer_id is null then versions.email_hash end
  where
    '{{ var("mode") }}' <> 'full'
    and versions.day is not null
    and (versions.customer_id is not null or versions.email_hash is not null)
),

touched_orders as (
  select
    shop_id,
    order_id
  from {{ ref('int_order_versions') }}
  where '{{ var("mode") }}' <> 'full'
  group by shop_id, order_id
  having min(case when is_built then 1 else 0 end) = 0
),

touched as (
  select
    versions.*,
    min(versions.processed_at) over (partition by versions.shop_id, versions.order_id) as since
  from versions
  left join touched_orders
    on touched_orders.shop_id = versions.shop_id and touched_orders.order_id = versions.order_id
  where touched_orders.order_id is not null or versions.is_moved
),

retagged as (
  select
    shop_id,
    customer_id
  from {{ ref('int_customer_versions') }}
  where '{{ var("mode") }}' <> 'full'
  group by shop_id, customer_id
  having
    coalesce(max(case when is_newest then tags end), '')
    <> coalesce(max(case when was_newest then tags end), '')
),

people as (
  select shop_id, customer_id, since from touched where customer_id is not null
  union all
  select shop_id, customer_id_before as customer_id, since from touched where customer_id_before is not null
  union all
  select shop_id, customer_id, cast('1970-01-01 00:00:00+00' as timestamptz) as since from retagged
),

since_when as (
  select
    shop_id,
    customer_id,
    min(since) as since
  from people
  group by shop_id, customer_id
),

addresses as (
  select
    shop_id,
    email_hash,
    min(since) as since
  from touched
  where customer_id is null or customer_id_before is null
  group by shop_id, email_hash
),

replanned as (
  select
    shops.shop_id,
    min(case when not loads.is_built then {{ shop_local_date('shops.fetched_at', 'known.timezone') }} end) as since
  from {{ ref('stg_shopify__shops') }} as shops
  inner join {{ ref('stg_hotdash__committed_loads') }} as loads on loads.load_id = shops.load_id
  inner join {{ ref('int_shops') }} as known on known.shop_id = shops.shop_id
  where '{{ var("mode") }}' <> 'full'
  group by shops.shop_id
  having count(distinct shops.plan) > 1
)

select versions.shop_id, versions.day
from versions
inner join since_when
  on since_when.shop_id = versions.shop_id and since_when.customer_id = versions.customer_id
where versions.processed_at >= since_when.since
union
select versions.shop_id, versions.day
from versions
inner join addresses
  on addresses.shop_id = versions.shop_id and addresses.email_hash = versions.email_hash
where versions.customer_id is null and versions.processed_at >= addresses.since
union
select shop_id, day from touched where is_moved
union
select versions.shop_id, versions.day
from {{ ref('int_order_versions') }} as versions
inner join replanned on replanned.shop_id = versions.shop_id and versions.day >= replanned.since
