{%- set single = ['last_click', 'last_touch', 'first_click'] -%}
{%- set shared = shared_models() -%}
{%- set whole = 1000000 -%}
{%- set of_order = 'partition by shop_id, order_id' -%}
{%- set of_channel = 'partition by clicks.shop_id, clicks.order_id, clicks.channel' -%}
with days as (
  select
    affected.shop_id,
    affected.day,
    {{ policy_number('attribution_click_days', 'affected', 7) }} * 86400 as click_seconds,
    {{ policy_number('attribution_lookback_days', 'affected', 30) }} * 86400 as lookback_seconds,
    greatest({{ policy_number('attribution_half_life_days', 'affected', 7) }}, 1) * 86400 as half_life,
    coalesce((
      select max(decided.value)
      from {{ ref('int_policy_periods') }} as decided
      where
        decided.shop_id = affected.shop_id
        and decided.policy = 'include_taxes'
        and affected.day >= decided.valid_from
        and affected.day < {{ end_of('decided') }}
    ), 'false') = 'true' as include_taxes
  from {{ ref('int_affected_credits') }} as affected
),

revenues as (
  select
    orders.shop_id,
    orders.order_id,
    orders.day,
    orders.currency,
    days.click_seconds,
    days.lookback_seconds,
    days.half_life,
    orders.gross_sales - orders.discounts - orders.refunds + orders.shipping - orders.shipping_refunds
    + case when days.include_taxes then orders.taxes - orders.tax_refunds else 0 end as revenue,
    {{ bigint_quotient('10000', minor_unit_scale('orders.currency')) }} as minor_unit
  from {{ ref('fct_orders') }} as orders
  inner join days on days.shop_id = orders.shop_id and days.day = orders.day
  where orders.is_counted
),

-- Amounts are divided in the currency's minor units; should one hold a part of a unit, in ten-thousandths.
orders as (
  select
    revenues.*,
    case when revenue < 0 then -1 else 1 end as revenue_sign,
    case when {{ count_of('abs(revenue) * 10000') }} % minor_unit = 0 then minor_unit else 1 end as unit,
    {{ count_of('abs(revenue) * 10000') }} as ten_thousandths
  from revenues
),

journeys as (
  select
    orders.shop_id,
    orders.order_id,
    orders.day,
    orders.currency,
    orders.revenue_sign,
    orders.unit,
    {{ bigint_quotient('orders.ten_thousandths', 'orders.unit') }} as units,
    orders.half_life,
    touches.touch_id,
    touches.place,
    touches.age_seconds,
    touches.channel,
    touches.platform,
    touches.source,
    touches.medium,
    touches.campaign,
    touches.is_click and touches.age_seconds <= orders.lookback_seconds as shares_credit,
    min(case when touches.is_click and touches.age_seconds <= orders.click_seconds then touches.place end)
      over ({{ of_orders_window() }}) as last_click_place,
    min(case when touches.age_seconds <= orders.click_seconds then touches.place end)
      over ({{ of_orders_window() }}) as last_touch_place,
    max(case when touches.is_click and touches.age_seconds <= orders.lookback_seconds then touches.place end)
      over ({{ of_orders_window() }}) as first_click_place
  from orders
  left join {{ ref('fct_touches') }} as touches
    on
      touches.shop_id = orders.shop_id
      and touches.order_id = orders.order_id
      and touches.day = orders.day
      and touches.age_seconds <= greatest(orders.click_seconds, orders.lookback_seconds)
),

clicks as (
  select
    *,
    row_number() over ({{ of_order }} order by place) as click_place,
    count(*) over ({{ of_order }}) as clicks
  from journeys
  where shares_credit
),

in_channels as (
  select
    clicks.*,
    count(*) over ({{ of_channel }}) as in_channel,
    case when row_number() over ({{ of_channel }} order by clicks.place) = 1 then 1 else 0 end as opens_channel,
    weights.weight
  from clicks
  left join {{ ref('int_markov_weights') }} as weights
    on
      weights.shop_id = clicks.shop_id
      and weights.channel = clicks.channel
      and {{ month_of('clicks.day') }} >= weights.month
      and (weights.before_month is null or {{ month_of('clicks.day') }} < weights.before_month)
  where clicks.clicks > 1
),

counted as (
  select
    *,
    sum(opens_channel) over ({{ of_order }}) as channels,
    min(case when weight is null then 0 else 1 end) over ({{ of_order }}) as all_trained,
    max(weight) over ({{ of_order }}) as largest_weight
  from in_channels
),

weighted as (
  select
    counted.*,
    case when clicks = 2 or (click_place > 1 and click_place < clicks) then 1 else 2 * (clicks - 2) end as position_weight,
    {{ decayed_weight('age_seconds', 'half_life') }} as time_decay_weight,
    case
      when all_trained = 1 and largest_weight > 0 then {{ bigint_quotient('weight * 1000', 'in_channel') }}
      else {{ bigint_quotient('1000000000000', 'in_channel') }}
    end as markov_weight,
    {{ bigint_quotient('1000000000000', 'in_channel') }} as shapley_weight
  from counted
),

totals as (
  select
    weighted.*
    {%- for model in shared %},
    sum({{ model }}_weight) over ({{ of_order }}) as {{ model }}_total
    {%- endfor %}
  from weighted
),

floored as (
  select
    totals.*
    {%- for model in shared %},
    {{ largest_remainder_parts(model ~ '_weight', whole, model ~ '_total', model) }}
    {%- endfor %}
  from totals
),

with_shares as (
  select
    floored.*,
    {{ bigint_quotient(whole, 'clicks') }} + case when click_place <= {{ whole }} % clicks then 1 else 0 end as linear_share
    {%- for model in shared %},
    {{ largest_remainder(model, whole, of_order, 'click_place') }} as {{ model }}_share
    {%- endfor %}
  from floored
),

-- revenue * share / 1,000,000, taken apart so that no product outgrows bigint.
amounts_floored as (
  select
    with_shares.*
    {%- for model in shared %},
    {{ bigint_quotient('units', whole) }} * {{ model }}_share
    + {{ bigint_quotient('(units % ' ~ whole ~ ') * ' ~ model ~ '_share', whole) }} as {{ model }}_units_floor,
    ((units % {{ whole }}) * {{ model }}_share) % {{ whole }} as {{ model }}_units_rest
    {%- endfor %}
  from with_shares
),

divided as (
  select
    shop_id,
    order_id,
    touch_id,
    linear_share,
    {{ bigint_quotient('units', 'clicks') }} + case when click_place <= units % clicks then 1 else 0 end as linear_units
    {%- for model in shared %},
    {{ model }}_share,
    {{ largest_remainder(model ~ '_units', 'units', of_order, 'click_place') }} as {{ model }}_units
    {%- endfor %}
  from amounts_floored
),

credited as (
  select
    journeys.*,
    divided.touch_id is not null as is_divided,
    {%- for model in single %}
    case when journeys.place = journeys.{{ model }}_place then {{ whole }} else 0 end as {{ model }}_share,
    {%- endfor %}
    divided.linear_units
    {%- for model in ['linear'] + shared %},
    case
      when divided.touch_id is not null then divided.{{ model }}_share
      when journeys.shares_credit then {{ whole }}
      else 0
    end as {{ model }}_share
    {%- endfor %}
    {%- for model in shared %},
    divided.{{ model }}_units
    {%- endfor %}
  from journeys
  left join divided
    on
      divided.shop_id = journeys.shop_id
      and divided.order_id = journeys.order_id
      and divided.touch_id = journeys.touch_id
  where journeys.touch_id is not null
),

-- What no touch can be credited with under some model is Direct / None under that model.
unsourced as (
  select distinct
    shop_id,
    order_id,
    day,
    currency,
    revenue_sign,
    unit,
    units
    {%- for model in attribution_models() %},
    case when {{ (model if model in single else 'first_click') }}_place is null then {{ whole }} else 0 end as {{ model }}_share
    {%- endfor %}
  from journeys
  where last_click_place is null or last_touch_place is null or first_click_place is null
),

rows_of_all as (
  select
    shop_id,
    order_id,
    touch_id,
    day,
    currency,
    channel,
    platform,
    source,
    medium,
    campaign,
    revenue_sign,
    unit
    {%- for model in attribution_models() %},
    {{ model }}_share,
    {% if model in single -%}
    case when {{ model }}_share = {{ whole }} then units else 0 end as {{ model }}_units
    {%- else -%}
    case when is_divided then {{ model }}_units when shares_credit then units else 0 end as {{ model }}_units
    {%- endif %}
    {%- endfor %}
  from credited
  union all
  select
    shop_id,
    order_id,
    'none' as touch_id,
    day,
    currency,
    'Direct / None' as channel,
    null as platform,
    'direct' as source,
    'none' as medium,
    null as campaign,
    revenue_sign,
    unit
    {%- for model in attribution_models() %},
    {{ model }}_share,
    case when {{ model }}_share = {{ whole }} then units else 0 end as {{ model }}_units
    {%- endfor %}
  from unsourced
)

select
  shop_id,
  order_id,
  touch_id,
  day,
  currency,
  channel,
  platform,
  source,
  medium,
  campaign
  {%- for model in attribution_models() %},
  {{ count_of(model ~ '_share') }} as {{ model }}_share,
  {{ money('revenue_sign * cast(' ~ model ~ '_units as numeric(28,0)) * unit * cast(0.0001 as numeric(5,4))') }} as {{ model }}_amount
  {%- endfor %}
from rows_of_all
