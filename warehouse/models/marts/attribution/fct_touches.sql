with orders as materialized (
  select
    orders.shop_id,
    orders.order_id,
    orders.day,
    orders.processed_at,
    orders.customer_id,
    row_number() over () as number
  from {{ ref('int_orders') }} as orders
  inner join {{ ref('int_affected_journeys') }} as affected
    on affected.shop_id = orders.shop_id and affected.day = orders.day
),

reached as (
  select
    orders.number,
    orders.day as order_day,
    orders.processed_at,
    orders.order_id as of_order,
    touches.*
  from orders
  inner join {{ ref('int_touches') }} as touches
    on touches.shop_id = orders.shop_id and touches.order_id = orders.order_id
  where touches.touched_at <= orders.processed_at
  union all
  select
    orders.number,
    orders.day as order_day,
    orders.processed_at,
    orders.order_id as of_order,
    touches.*
  from orders
  inner join {{ ref('int_order_persons') }} as persons
    on persons.shop_id = orders.shop_id and persons.order_id = orders.order_id
  inner join {{ ref('int_touches') }} as touches
    on touches.shop_id = persons.shop_id and touches.person = persons.person
  where
    touches.touched_at <= orders.processed_at
    and touches.touched_at >= orders.processed_at - interval '90 days'
    and (orders.customer_id is null or touches.customer_id is null or orders.customer_id = touches.customer_id)
),

-- What is put in order is narrow, and the columns that are only carried along come back by this number.
numbered as materialized (
  select
    shop_id,
    of_order,
    order_day,
    processed_at,
    number,
    touch_id,
    touched_at,
    origin,
    named_by,
    source,
    medium,
    campaign,
    channel,
    rule_rank,
    platform,
    is_paid,
    utm_problem,
    referrer_host,
    row_number() over () as reading
  from reached
),

ways as (
  select
    number,
    reading,
    touched_at,
    case origin when 'shopify' then 0 else 1 end as origin_place,
    touch_id,
    named_by <> 'direct' as is_click,
    {{ way_of('numbered') }} as way
  from numbered
),

repeated as (
  select
    ways.*,
    lag(touched_at) over (partition by number order by touched_at, origin_place, touch_id) as touched_before,
    lag(way) over (partition by number order by touched_at, origin_place, touch_id) as way_before
  from ways
),

placed as (
  select
    reading,
    is_click,
    row_number() over (partition by number order by touched_at desc, origin_place, touch_id) as place,
    sum(case when is_click then 1 else 0 end) over (
      partition by number
      order by touched_at desc, origin_place, touch_id
      rows between unbounded preceding and current row
    ) as clicks_so_far
  from repeated
  where
    way_before is null
    or way_before <> way
    or touched_at > touched_before + interval '60 seconds'
)

select
  shop_id,
  of_order as order_id,
  touch_id,
  order_day as day,
  place,
  case when is_click then cast(clicks_so_far as bigint) end as click_place,
  touched_at,
  {{ seconds_between('touched_at', 'processed_at') }} as age_seconds,
  origin,
  named_by,
  source,
  medium,
  campaign,
  channel,
  rule_rank,
  platform,
  is_paid,
  is_click,
  utm_problem,
  referrer_host
from numbered
inner join placed on placed.reading = numbered.reading
