with touched as (
  select
    fulfillments.shop_id,
    fulfillments.fulfillment_id
  from {{ ref('stg_shopify__fulfillments') }} as fulfillments
  inner join {{ ref('stg_hotdash__committed_loads') }} as loads on loads.load_id = fulfillments.load_id
  where {{ is_to_build('loads') }}
  union
  select
    events.shop_id,
    events.fulfillment_id
  from {{ ref('stg_shopify__fulfillment_events') }} as events
  inner join {{ ref('stg_hotdash__committed_loads') }} as loads on loads.load_id = events.load_id
  where {{ is_to_build('loads') }}
),

{#- A tombstone does not say which order it was of, an earlier version does. -#}
order_days as (
  select distinct
    orders.shop_id,
    orders.day
  from touched
  inner join {{ ref('stg_shopify__fulfillments') }} as fulfillments
    on
      fulfillments.shop_id = touched.shop_id
      and fulfillments.fulfillment_id = touched.fulfillment_id
  inner join {{ ref('int_orders') }} as orders
    on orders.shop_id = fulfillments.shop_id and orders.order_id = fulfillments.order_id
),

longest as (
  select
    shop_id,
    coalesce(max(case when setting = 'handling_days' then value end), 0)
    + coalesce(max(case when setting = 'transit_days' then value end), 0) as days
  from {{ ref('int_operating_settings') }}
  where setting in ('handling_days', 'transit_days')
  group by shop_id
),

{#- Orders become late as days pass: those whose promise may have ended since the last build. -#}
passed as (
  select
    reach.shop_id,
    {{ days_from_to(
      days_later('coalesce(reach.built_day, reach.day)', '-1 - longest.days'), 'reach.day'
    ) }} as day
  from {{ ref('int_reach') }} as reach
  inner join longest on longest.shop_id = reach.shop_id
  where reach.subject = 'store' and (reach.built_day is null or reach.built_day < reach.day)
)

select shop_id, day from {{ ref('int_affected_partitions') }}
union
select shop_id, day from order_days
union
select shop_id, day from passed
union
{{ days_of_new_settings(['handling_days', 'transit_days']) }}
