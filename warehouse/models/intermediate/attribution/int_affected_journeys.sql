with orders_of_journeys as (
  select
    journeys.shop_id,
    journeys.order_id
  from {{ ref('stg_shopify__customer_journeys') }} as journeys
  inner join {{ ref('stg_hotdash__committed_loads') }} as loads on loads.load_id = journeys.load_id
  where {{ is_to_build('loads') }}
),

new_persons as (
  select distinct
    clicks.shop_id,
    coalesce(clicks.visitor_id, 'customer' || chr(31) || clicks.customer_id) as person
  from {{ ref('stg_clickstream__touches') }} as clicks
  inner join {{ ref('stg_hotdash__committed_loads') }} as loads on loads.load_id = clicks.load_id
  where {{ is_to_build('loads') }}
),

touched as (
  select shop_id, order_id from orders_of_journeys
  union
  select
    persons.shop_id,
    persons.order_id
  from new_persons
  inner join {{ ref('int_order_persons') }} as persons
    on persons.shop_id = new_persons.shop_id and persons.person = new_persons.person
)

select
  shop_id,
  day
from {{ ref('int_affected_partitions') }}
union
select
  versions.shop_id,
  versions.day
from {{ ref('int_order_versions') }} as versions
inner join touched
  on touched.shop_id = versions.shop_id and touched.order_id = versions.order_id
-- In a rebuild the days of sales are all days already.
where versions.day is not null and '{{ var("mode") }}' <> 'full'
