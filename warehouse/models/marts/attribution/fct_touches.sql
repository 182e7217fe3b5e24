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

reached as (
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

repeated as (
  select
    reached.*,
    lag(touched_at) over (
      partition by shop_id, of_order
      order by touched_at, case origin when 'shopify' then 0 else 1 end, touch_id
    ) as touched_before,
    lag({{ way_of('reached') }}) over (
      partition by shop_id, of_order
      order by touched_at, case origin when 'shopify' then 0 else 1 end, touch_id
    ) as way_before
  from reached
)

select
  shop_id,
  of_order as order_id,
  touch_id,
  order_day as day,
  row_number() over (
    partition by shop_id, of_order
    order by touched_at desc, case origin when 'shopify' then 0 else 1 end, touch_id
  ) as place,
  case
    when named_by <> 'direct' then cast(sum(case when named_by <> 'direct' then 1 else 0 end) over (
      partition by shop_id, of_order
      order by touched_at desc, case origin when 'shopify' then 0 else 1 end, touch_id
      rows between unbounded preceding and current row
    ) as bigint)
  end as click_place,
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
  named_by <> 'direct' as is_click,
  utm_problem,
  referrer_host
from repeated
where
  way_before is null
  or way_before <> {{ way_of('repeated') }}
  or touched_at > touched_before + interval '60 seconds'
