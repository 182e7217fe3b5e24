with closed as (
  select
    shop_id,
    {{ month_of(shop_local_date(as_of(), 'timezone')) }} as open_month
  from {{ ref('int_shops') }}
),

months as (
  select
    shop_id,
    {{ month_of('day') }} as month
  from {{ ref('int_affected_journeys') }}
  union
  select
    touches.shop_id,
    {{ month_of('touches.day') }} as month
  from (select distinct shop_id, day from {{ ref('fct_touches') }}) as touches
  where not exists (
    select 1
    from {{ ref('stg_hotdash__attribution_weights') }} as weights
    where weights.shop_id = touches.shop_id and weights.month = {{ month_of('touches.day') }}
  )
),

to_train as (
  select
    months.shop_id,
    months.month
  from months
  inner join closed on closed.shop_id = months.shop_id and months.month < closed.open_month
),

lookbacks as (
  select
    days.shop_id,
    days.day,
    to_train.month,
    {{ policy_number('attribution_lookback_days', 'days', 30) }} as lookback_days
  from (select distinct shop_id, day from {{ ref('fct_touches') }}) as days
  inner join to_train
    on to_train.shop_id = days.shop_id and to_train.month = {{ month_of('days.day') }}
),

clicks as (
  select
    touches.shop_id,
    lookbacks.month,
    touches.order_id,
    touches.place,
    touches.click_place,
    touches.channel
  from {{ ref('fct_touches') }} as touches
  inner join lookbacks on lookbacks.shop_id = touches.shop_id and lookbacks.day = touches.day
  inner join {{ ref('fct_orders') }} as orders
    on orders.shop_id = touches.shop_id and orders.order_id = touches.order_id and orders.day = touches.day
  where
    orders.is_counted and touches.is_click and touches.age_seconds <= lookbacks.lookback_days * 86400
    and {{ within_range_of('lookbacks', 'day', 'touches.day') }}
    and {{ within_range_of('lookbacks', 'day', 'orders.day') }}
),

steps as (
  select
    shop_id,
    month,
    lag(channel) over (partition by shop_id, order_id order by place desc) as from_channel,
    channel as to_channel
  from clicks
  union all
  select
    shop_id,
    month,
    channel as from_channel,
    null as to_channel
  from clicks
  where click_place = 1
)

select
  to_train.shop_id,
  to_train.month,
  steps.from_channel,
  steps.to_channel,
  count(steps.shop_id) as journeys
from to_train
left join steps on steps.shop_id = to_train.shop_id and steps.month = to_train.month
group by to_train.shop_id, to_train.month, steps.from_channel, steps.to_channel
