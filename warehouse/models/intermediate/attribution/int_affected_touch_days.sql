with new_sessions as (
  select distinct
    clicks.shop_id,
    coalesce(clicks.session_id, clicks.event_id) as visit
  from {{ ref('stg_clickstream__touches') }} as clicks
  inner join {{ ref('stg_hotdash__committed_loads') }} as loads on loads.load_id = clicks.load_id
  where {{ is_to_build('loads') }}
),

new_journeys as (
  select distinct
    journeys.shop_id,
    journeys.order_id
  from {{ ref('stg_shopify__customer_journeys') }} as journeys
  inner join {{ ref('stg_hotdash__committed_loads') }} as loads on loads.load_id = journeys.load_id
  where {{ is_to_build('loads') }}
),

moments as (
  select
    clicks.shop_id,
    clicks.occurred_at
  from {{ ref('stg_clickstream__touches') }} as clicks
  inner join new_sessions
    on new_sessions.shop_id = clicks.shop_id
    and new_sessions.visit = coalesce(clicks.session_id, clicks.event_id)
  union all
  select
    visits.shop_id,
    visits.occurred_at
  from {{ ref('stg_shopify__customer_visits') }} as visits
  inner join new_journeys
    on new_journeys.shop_id = visits.shop_id and new_journeys.order_id = visits.order_id
),

days as (
  {{ days_of_quarters('moments', ['occurred_at']) }}
)

select shop_id, day from days where day is not null
union
{{ asked_days() }}
