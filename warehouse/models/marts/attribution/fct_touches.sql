with orders as (
  select
    orders.shop_id,
    orders.order_id,
    orders.day,
    orders.processed_at,
    orders.customer_id
  from {{ ref('int_orders') }} as orders
  inner join {{ ref('int_affected_journeys') }} as affected
    on affected.shop_id = orders.shop_id and affected.day = orders.day
),

found as (
  select
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

-- A number of its own for each row: only what tells them apart is sorted, and the rest comes back by it.
reached as materialized (
  select
    found.*,
    row_number() over () as number
  from found
),

compared as (
  select
    number,
    shop_id,
    of_order,
    touched_at,
    case origin when 'shopify' then 0 else 1 end as origin_rank,
    touch_id,
    named_by <> 'direct' as is_click,
    {{ way_of('reached') }} as way
  from reached
),

repeated as (
  select
    compared.*,
    lag(touched_at) over (partition by shop_id, of_order order by touched_at, origin_rank, touch_id) as touched_before,
    lag(way) over (partition by shop_id, of_order order by touched_at, origin_rank, touch_id) as way_before
  from compared
),

placed as (
  select
    number,
    is_click,
    row_number() over (
      partition by shop_id, of_order
      order by touched_at desc, origin_rank, touch_id
    ) as place,
    cast(sum(case when is_click then 1 else 0 end) over (
      partition by shop_id, of_order
      order by touched_at desc, origin_rank, touch_id
      rows between unbounded preceding and current row
    ) as bigint) as clicks_so_far
  from repeated
  where
    way_before is null
    or way_before <> way
    or touched_at > touched_before + interval '60 seconds'
)

select
  reached.shop_id,
  reached.of_order as order_id,
  reached.touch_id,
  reached.order_day as day,
  placed.place,
  case when placed.is_click then placed.clicks_so_far end as click_place,
  reached.touched_at,
  {{ seconds_between('reached.touched_at', 'reached.processed_at') }} as age_seconds,
  reached.origin,
  reached.named_by,
  reached.source,
  reached.medium,
  reached.campaign,
  reached.channel,
  reached.rule_rank,
  reached.platform,
  reached.is_paid,
  placed.is_click,
  reached.utm_problem,
  reached.referrer_host
from placed
inner join reached on reached.number = placed.number
