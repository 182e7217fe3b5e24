with earned as (
  select
    revenue.shop_id,
    revenue.day,
    revenue.currency,
    revenue.counted_orders,
    {{ money(
      'revenue.gross_sales - revenue.discounts - revenue.refunds + revenue.shipping - revenue.shipping_refunds'
      ~ " + case when include_taxes.value = 'true' then revenue.taxes - revenue.tax_refunds else 0 end"
    ) }} as revenue
  from {{ ref('fct_revenue') }} as revenue
  left join {{ ref('int_policy_periods') }} as include_taxes
    on
      include_taxes.shop_id = revenue.shop_id
      and include_taxes.policy = 'include_taxes'
      and revenue.day >= include_taxes.valid_from
      and revenue.day < {{ end_of('include_taxes') }}
),

bounds as (
  select
    shop_id,
    min(day) as first_day,
    max(day) as last_day,
    min(currency) as currency
  from earned
  group by shop_id
),

{#- A shop that sells nothing any more has days of zero for as long as its store is read completely. -#}
reached as (
  select
    bounds.shop_id,
    bounds.currency,
    bounds.first_day,
    greatest(bounds.last_day, coalesce(reach.complete_day, bounds.last_day)) as last_day
  from bounds
  left join {{ ref('int_reach') }} as reach
    on reach.shop_id = bounds.shop_id and reach.subject = 'store'
),

spine as (
  select
    shop_id,
    currency,
    first_day,
    {{ days_from_to('first_day', 'last_day') }} as day
  from reached
),

days as (
  select
    spine.shop_id,
    spine.day,
    spine.first_day,
    spine.currency,
    coalesce(earned.revenue, 0) as revenue,
    coalesce(earned.counted_orders, 0) as counted_orders
  from spine
  left join earned on earned.shop_id = spine.shop_id and earned.day = spine.day
)

select
  shop_id,
  day,
  currency,
  {{ money('revenue') }} as revenue,
  {{ count_of('counted_orders') }} as counted_orders,
  {{ money('lag(revenue, 7) over days_of_shop') }} as revenue_week_before,
  {{ money(
    'lag(revenue, 7) over days_of_shop + lag(revenue, 14) over days_of_shop'
    ~ ' + lag(revenue, 21) over days_of_shop + lag(revenue, 28) over days_of_shop'
  ) }} as revenue_same_weekday_4w,
  {%- for name, reach in [('7d', 7), ('91d', 91)] %}
  case when day >= first_day + {{ reach - 1 }} then {{ money(revenue_of_days(reach)) }} end as revenue_{{ name }},
  case when day >= first_day + {{ 2 * reach - 1 }} then {{ money(revenue_of_days(reach, ago=reach)) }} end as revenue_{{ name }}_before,
  {%- endfor %}
  {{ money(revenue_of_days(365)) }} as revenue_12m,
  case when day >= first_day + 729 then {{ money(revenue_of_days(365, ago=365)) }} end as revenue_12m_before,
  {{ count_of('least(' ~ days_between('first_day', 'day') ~ ' + 1, 365)') }} as days_in_12m
from days
window days_of_shop as (partition by shop_id order by day)
