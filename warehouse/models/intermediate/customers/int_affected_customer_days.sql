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
  select distinct
    shop_id,
    order_id
  from {{ ref('int_order_versions') }}
  where '{{ var("mode") }}' <> 'full' and not is_built
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
  -- A version that was the newest and still is has changed nothing.
  where '{{ var("mode") }}' <> 'full' and is_newest <> was_newest
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

known_plans as (
  {{ shop_plans(of_built=true) }}
),

plans as (
  {{ shop_plans() }}
),

order_days as (
  select distinct
    shop_id,
    day
  from {{ ref('int_order_versions') }}
  where '{{ var("mode") }}' <> 'full' and day is not null
),

replanned as (
  select
    order_days.shop_id,
    order_days.day
  from order_days
  inner join plans
    on
      plans.shop_id = order_days.shop_id
      and order_days.day >= plans.valid_from
      and order_days.day < {{ end_of('plans') }}
  left join known_plans
    on
      known_plans.shop_id = order_days.shop_id
      and order_days.day >= known_plans.valid_from
      and order_days.day < {{ end_of('known_plans') }}
  where known_plans.plan_tier is distinct from plans.plan_tier
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
select shop_id, day from replanned
union
-- Whoever is erased has another pseudonym from then on.
{{ days_read(['customer_keys']) }}
