{%- set single = ['last_click', 'last_touch', 'first_click'] -%}
{%- set ranked = ['time_decay', 'markov', 'shapley'] -%}
{%- set whole = 1000000 -%}
with trained as (
  select distinct
    shop_id,
    month,
    before_month
  from {{ ref('int_markov_weights') }}
),

days as (
  select
    affected.shop_id,
    affected.day,
    {{ policy_number('attribution_click_days', 'affected', 7) }} * 86400 as click_seconds,
    {{ policy_number('attribution_lookback_days', 'affected', 30) }} * 86400 as lookback_seconds,
    greatest({{ policy_number('attribution_half_life_days', 'affected', 7) }}, 1) * 86400 as half_life,
    coalesce(taxes.value = 'true', false) as include_taxes,
    trained.month as trained_month
  from {{ ref('int_affected_credits') }} as affected
  left join {{ ref('int_policy_periods') }} as taxes
    on taxes.shop_id = affected.shop_id
    and taxes.policy = 'include_taxes'
    and affected.day >= taxes.valid_from
    and affected.day < {{ end_of('taxes') }}
  left join trained
    on trained.shop_id = affected.shop_id
    and {{ month_of('affected.day') }} >= trained.month
    and {{ month_of('affected.day') }} < coalesce(trained.before_month, '9999-12')
),

-- Amounts are divided in the currency's minor units; should one hold a part of a unit, in ten-thousandths.
revenues as (
  select
    orders.shop_id,
    orders.order_id,
    orders.day,
    orders.currency,
    days.click_seconds,
    days.lookback_seconds,
    days.half_life,
    days.trained_month,
    {{ count_of(
      '(orders.gross_sales - orders.discounts - orders.refunds + orders.shipping - orders.shipping_refunds'
      ~ ' + case when days.include_taxes then orders.taxes - orders.tax_refunds else 0 end) * 10000'
    ) }} as ten_thousandths,
    {{ bigint_quotient('10000', minor_unit_scale('orders.currency')) }} as minor_unit
  from {{ ref('fct_orders') }} as orders
  inner join days on days.shop_id = orders.shop_id and days.day = orders.day
  where orders.is_counted
),

-- A number of its own for each order: what is divided per order is then compared as numbers.
orders as (
  select
    numbered.*,
    abs({{ bigint_quotient('ten_thousandths', 'unit') }}) as units
  from (
    select
      revenues.*,
      row_number() over (order by shop_id, order_id) as number,
      case when ten_thousandths % minor_unit = 0 then minor_unit else 1 end as unit
    from revenues
  ) as numbered
),

touches as (
  select
    orders.number,
    touches.place,
    touches.click_place,
    touches.age_seconds,
    touches.channel,
    touches.age_seconds <= orders.click_seconds as is_recent,
    touches.age_seconds <= orders.lookback_seconds as is_in_lookback
  from orders
  inner join {{ ref('fct_touches') }} as touches
    on
      touches.shop_id = orders.shop_id
      and touches.order_id = orders.order_id
      and touches.day = orders.day
      and touches.age_seconds <= greatest(orders.click_seconds, orders.lookback_seconds)
),

winners as (
  select
    number,
    min(case when is_recent and click_place is not null then place end) as last_click_place,
    min(case when is_recent then place end) as last_touch_place,
    max(case when is_in_lookback and click_place is not null then place end) as first_click_place,
    max(case when is_in_lookback then click_place end) as clicks
  from touches
  group by number
),

clicks as (
  select
    touches.number,
    touches.click_place,
    touches.age_seconds,
    touches.channel
  from touches
  inner join winners on winners.number = touches.number and winners.clicks > 1
  where touches.is_in_lookback and touches.click_place is not null
),

in_channels as (
  select
    in_each.number,
    in_each.channel,
    in_each.in_channel,
    weights.weight
  from (select number, channel, count(*) as in_channel from clicks group by number, channel) as in_each
  inner join orders on orders.number = in_each.number
  left join {{ ref('int_markov_weights') }} as weights
    on
      weights.shop_id = orders.shop_id
      and weights.month = orders.trained_month
      and weights.channel = in_each.channel
),

learned as (
  select
    number,
    min(case when weight is null then 0 else 1 end) = 1 and max(weight) > 0 as is_learned
  from in_channels
  group by number
),

weighted as (
  select
    clicks.number,
    clicks.click_place,
    orders.units,
    {{ decayed_weight('clicks.age_seconds', 'orders.half_life') }} as time_decay_weight,
    case
      when learned.is_learned then {{ bigint_quotient('in_channels.weight * 1000', 'in_channels.in_channel') }}
      else {{ bigint_quotient('1000000000000', 'in_channels.in_channel') }}
    end as markov_weight,
    {{ bigint_quotient('1000000000000', 'in_channels.in_channel') }} as shapley_weight
  from clicks
  inner join orders on orders.number = clicks.number
  inner join in_channels on in_channels.number = clicks.number and in_channels.channel = clicks.channel
  inner join learned on learned.number = clicks.number
),

totals as (
  select
    number
    {%- for model in ranked %},
    cast(sum({{ model }}_weight) as bigint) as {{ model }}_total
    {%- endfor %}
  from weighted
  group by number
),

floored as (
  select
    weighted.number,
    weighted.click_place,
    weighted.units
    {%- for model in ranked %},
    {{ bigint_quotient(model ~ '_weight * ' ~ whole, model ~ '_total') }} as {{ model }}_floor,
    ({{ model }}_weight * {{ whole }}) % {{ model }}_total as {{ model }}_rest
    {%- endfor %}
  from weighted
  inner join totals on totals.number = weighted.number
),

with_shares as (
  select
    number,
    click_place,
    units
    {%- for model in ranked %},
    {{ largest_remainder(model, whole, 'number', 'click_place') }} as {{ model }}_share
    {%- endfor %}
  from floored
),

-- units * share / 1,000,000, taken apart so that no product outgrows bigint.
amounts_floored as (
  select
    with_shares.*
    {%- for model in ranked %},
    {{ bigint_quotient('units', whole) }} * {{ model }}_share
    + {{ bigint_quotient('(units % ' ~ whole ~ ') * ' ~ model ~ '_share', whole) }} as {{ model }}_floor,
    ((units % {{ whole }}) * {{ model }}_share) % {{ whole }} as {{ model }}_rest
    {%- endfor %}
  from with_shares
),

divided as (
  select
    number,
    click_place
    {%- for model in ranked %},
    {{ model }}_share,
    {{ largest_remainder(model, 'units', 'number', 'click_place') }} as {{ model }}_units
    {%- endfor %}
  from amounts_floored
),

judged as (
  select
    orders.shop_id,
    orders.order_id,
    orders.day,
    orders.currency,
    orders.number,
    orders.units,
    case when orders.ten_thousandths < 0 then -orders.unit else orders.unit end as signed_unit,
    greatest(orders.click_seconds, orders.lookback_seconds) as reach_seconds,
    winners.last_click_place,
    winners.last_touch_place,
    winners.first_click_place,
    winners.clicks
  from orders
  left join winners on winners.number = orders.number
),

reached as (
  select
    judged.*,
    touches.touch_id,
    touches.place,
    touches.click_place,
    touches.channel,
    touches.platform,
    touches.source,
    touches.medium,
    touches.campaign,
    divided.number is not null as is_divided
    {%- for model in ranked %},
    divided.{{ model }}_share,
    divided.{{ model }}_units
    {%- endfor %}
  from judged
  inner join {{ ref('fct_touches') }} as touches
    on
      touches.shop_id = judged.shop_id
      and touches.order_id = judged.order_id
      and touches.day = judged.day
      and touches.age_seconds <= judged.reach_seconds
  left join divided
    on divided.number = judged.number and divided.click_place = touches.click_place
),

-- What one touch has alone, and what no touch can be credited with: Direct / None under that model.
credited as (
  select
    shop_id,
    order_id,
    touch_id,
    day,
    currency,
    signed_unit,
    channel,
    platform,
    source,
    medium,
    campaign
    {%- for model in single %},
    case when place = {{ model }}_place then {{ whole }} else 0 end as {{ model }}_share,
    case when place = {{ model }}_place then units else 0 end as {{ model }}_units
    {%- endfor %}
    {%- for model, share, part in [
      ('linear', equal_part(whole), equal_part('units')),
      ('position', position_part(whole), position_part('units')),
      ('time_decay', 'time_decay_share', 'time_decay_units'),
      ('markov', 'markov_share', 'markov_units'),
      ('shapley', 'shapley_share', 'shapley_units'),
    ] %},
    case when is_divided then {{ share }} when place = first_click_place then {{ whole }} else 0 end
      as {{ model }}_share,
    case when is_divided then {{ part }} when place = first_click_place then units else 0 end
      as {{ model }}_units
    {%- endfor %}
  from reached
  union all
  select
    shop_id,
    order_id,
    'none' as touch_id,
    day,
    currency,
    signed_unit,
    'Direct / None' as channel,
    null as platform,
    'direct' as source,
    'none' as medium,
    null as campaign
    {%- for model in attribution_models() %}
    {%- set winner = (model if model in single else 'first_click') ~ '_place' %},
    case when {{ winner }} is null then {{ whole }} else 0 end as {{ model }}_share,
    case when {{ winner }} is null then units else 0 end as {{ model }}_units
    {%- endfor %}
  from judged
  where last_click_place is null or last_touch_place is null or first_click_place is null
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
  cast({{ model }}_share as bigint) as {{ model }}_share,
  case
    when {{ model }}_units = 0 then cast(0 as numeric(20,4))
    else {{ money('cast(signed_unit * ' ~ model ~ '_units as numeric(20,0)) * cast(0.0001 as numeric(5,4))') }}
  end as {{ model }}_amount
  {%- endfor %}
from credited
