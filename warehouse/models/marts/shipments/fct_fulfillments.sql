with orders as (
  select
    orders.shop_id,
    orders.order_id,
    orders.load_id,
    orders.fetched_at,
    orders.day,
    orders.processed_at,
    orders.is_counted,
    orders.financial_status,
    shops.timezone,
    reach.day as reach_day
  from {{ ref('int_orders') }} as orders
  inner join {{ ref('int_affected_shipments') }} as affected
    on affected.shop_id = orders.shop_id and affected.day = orders.day
  inner join {{ ref('int_shops') }} as shops on shops.shop_id = orders.shop_id
  inner join {{ ref('int_reach') }} as reach
    on reach.shop_id = orders.shop_id and reach.subject = 'store'
),

fulfillments as (
  {{ newest_version(ref('stg_shopify__fulfillments'), 'fulfillment_id', 'updated_at') }}
),

events as (
  select
    fulfillments.shop_id,
    fulfillments.fulfillment_id,
    max(case when events.status = 'FAILURE' then 1 else 0 end) as failures,
    max(case when events.status in ('ATTEMPTED_DELIVERY', 'DELAYED', 'FAILURE') then 1 else 0 end) as exceptions,
    min(case when events.status = 'DELIVERED' then events.happened_at end) as delivered_at
  from fulfillments
  inner join {{ ref('stg_shopify__fulfillment_events') }} as events
    on
      events.shop_id = fulfillments.shop_id
      and events.fulfillment_id = fulfillments.fulfillment_id
      and events.load_id = fulfillments.load_id
      and events.fetched_at = fulfillments.fetched_at
  where not events.is_deleted
  group by fulfillments.shop_id, fulfillments.fulfillment_id
),

parcels as (
  select
    orders.shop_id,
    orders.order_id,
    fulfillments.fulfillment_id,
    orders.day,
    orders.processed_at,
    orders.timezone,
    orders.reach_day,
    fulfillments.carrier,
    fulfillments.location_id,
    fulfillments.status,
    fulfillments.display_status,
    fulfillments.quantity,
    fulfillments.created_at as shipped_at,
    coalesce(fulfillments.delivered_at, events.delivered_at) as delivered_at,
    fulfillments.estimated_delivery_at,
    coalesce(events.failures, 0) = 1
    or coalesce(fulfillments.status in ('FAILURE', 'ERROR'), false)
    or coalesce(fulfillments.display_status in ('FAILURE', 'NOT_DELIVERED'), false) as is_failed,
    coalesce(events.exceptions, 0) = 1
    or coalesce(fulfillments.display_status in ('ATTEMPTED_DELIVERY', 'DELAYED'), false) as has_exception
  from orders
  inner join fulfillments
    on fulfillments.shop_id = orders.shop_id and fulfillments.order_id = orders.order_id
  left join events
    on events.shop_id = fulfillments.shop_id and events.fulfillment_id = fulfillments.fulfillment_id
  where orders.is_counted and coalesce(fulfillments.status, '') <> 'CANCELLED'
),

{#- What of an order has not left the house stands as a parcel of its own, with the id 0. -#}
still_here as (
  select
    orders.shop_id,
    orders.order_id,
    cast(0 as bigint) as fulfillment_id,
    orders.day,
    orders.processed_at,
    orders.timezone,
    orders.reach_day,
    cast(null as text) as carrier,
    cast(null as bigint) as location_id,
    told.fulfillment_status as status,
    told.fulfillment_status as display_status,
    cast(null as bigint) as quantity,
    cast(null as timestamptz) as shipped_at,
    cast(null as timestamptz) as delivered_at,
    cast(null as timestamptz) as estimated_delivery_at,
    false as is_failed,
    false as has_exception
  from orders
  inner join {{ ref('stg_shopify__orders') }} as told on {{ same_version('told', 'orders') }}
  where
    orders.is_counted
    and orders.financial_status <> 'REFUNDED'
    and told.fulfillment_status not in ('FULFILLED', 'RESTOCKED')
),

rows_of as (
  select * from parcels
  union all
  select * from still_here
),

days as (
  {{ days_of_quarters('rows_of', ['shipped_at', 'delivered_at', 'estimated_delivery_at']) }}
),

promised as (
  select
    rows_of.*,
    {{ days_later('rows_of.day', 'handling_days.value') }} as ship_by_day,
    case
      when rows_of.estimated_delivery_at is not null then estimated.day
      else {{ days_later('rows_of.day', 'handling_days.value + coalesce(of_carrier.value, transit_days.value)') }}
    end as promised_day,
    shipped.day as shipped_day,
    delivered.day as delivered_day
  from rows_of
  left join days as estimated
    on estimated.shop_id = rows_of.shop_id and estimated.begun_at = {{ quarter_hour('rows_of.estimated_delivery_at') }}
  left join days as shipped
    on shipped.shop_id = rows_of.shop_id and shipped.begun_at = {{ quarter_hour('rows_of.shipped_at') }}
  left join days as delivered
    on delivered.shop_id = rows_of.shop_id and delivered.begun_at = {{ quarter_hour('rows_of.delivered_at') }}
  {{ join_setting('handling_days', 'rows_of', 'rows_of.day') }}
  {{ join_setting('transit_days', 'rows_of', 'rows_of.day') }}
  left join {{ ref('int_operating_settings') }} as of_carrier
    on
      of_carrier.shop_id = rows_of.shop_id
      and of_carrier.setting = 'transit_days'
      and of_carrier.applies_to = 'carrier'
      and of_carrier.subject = rows_of.carrier
      and rows_of.day >= of_carrier.valid_from
      and rows_of.day < {{ end_of('of_carrier') }}
)

select
  shop_id,
  day,
  order_id,
  fulfillment_id,
  timezone,
  carrier,
  location_id,
  status,
  display_status,
  quantity,
  processed_at as ordered_at,
  shipped_at,
  shipped_day,
  ship_by_day,
  delivered_at,
  delivered_day,
  promised_day,
  case when estimated_delivery_at is not null then 'vendor' else 'settings' end as promised_by,
  {{ whole_seconds('processed_at', 'shipped_at') }} as shipping_seconds,
  {{ whole_seconds('shipped_at', 'delivered_at') }} as delivery_seconds,
  {{ days_between('shipped_day', 'delivered_day') }} as delivery_days,
  cast(1 as bigint) as shipments,
  fulfillment_id <> 0 as is_shipped,
  fulfillment_id <> 0 or reach_day > ship_by_day as is_shipping_due,
  coalesce(shipped_day <= ship_by_day, false) as is_shipped_on_time,
  delivered_at is not null as is_delivered,
  coalesce(delivered_day <= promised_day, false) as is_delivered_on_time,
  fulfillment_id = 0 and reach_day > promised_day as is_unfulfilled_late,
  is_failed,
  has_exception,
  is_failed or has_exception or (fulfillment_id = 0 and reach_day > promised_day) as is_issue
from promised
