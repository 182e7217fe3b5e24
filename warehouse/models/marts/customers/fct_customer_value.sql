{%- set windows = [30, 60, 90, 365] -%}
with today as (
  select
    shop_id,
    {{ shop_local_date("cast('" ~ var('as_of') ~ "' as timestamptz)", 'timezone') }} as day
  from {{ ref('int_shops') }}
),

costs as (
  select
    shop_id,
    order_id,
    sum(cost_of_goods) as cost_of_goods
  from {{ ref('fct_order_lines') }}
  group by shop_id, order_id
),

orders as (
  select
    orders.shop_id,
    orders.acquired_day,
    orders.customer_key,
    orders.day - orders.acquired_day as age,
    today.day - orders.acquired_day as days_over,
    orders.is_repeat_order,
    orders.is_first_order,
    case when orders.is_first_order then orders.plan_tier end as plan_tier,
    orders.gross_sales - orders.discounts - orders.refunds + orders.shipping - orders.shipping_refunds as revenue,
    orders.taxes - orders.tax_refunds as taxes,
    coalesce(costs.cost_of_goods, 0) as cost_of_goods
  from {{ ref('fct_orders') }} as orders
  inner join today on today.shop_id = orders.shop_id
  left join costs on costs.shop_id = orders.shop_id and costs.order_id = orders.order_id
  where orders.is_counted and orders.acquired_day is not null
),

customers as (
  select
    shop_id,
    acquired_day as day,
    customer_key,
    max(days_over) as days_over,
    max(plan_tier) as plan_tier,
    count(case when is_first_order then 1 end) as new_customers,
    min(case when is_repeat_order then age end) as came_back_after,
    sum(case when age < 90 then cost_of_goods else 0 end) as cost_90
    {%- for days in windows %},
    sum(case when age < {{ days }} then revenue else 0 end) as revenue_{{ days }},
    sum(case when age < {{ days }} then taxes else 0 end) as taxes_{{ days }}
    {%- endfor %}
  from orders
  group by shop_id, acquired_day, customer_key
)

select
  shop_id,
  day,
  max(plan_tier) as plan_tier,
  cast(sum(new_customers) as bigint) as new_customers
  {%- for days in windows %},
  cast(sum(case when days_over >= {{ days }} then new_customers else 0 end) as bigint) as customers_{{ days }},
  cast(sum(case when days_over >= {{ days }} and came_back_after < {{ days }} then 1 else 0 end) as bigint)
    as returned_{{ days }},
  {{ money("sum(case when days_over >= " ~ days ~ " then revenue_" ~ days ~ " else 0 end)") }} as revenue_{{ days }},
  {{ money("sum(case when days_over >= " ~ days ~ " then taxes_" ~ days ~ " else 0 end)") }} as taxes_{{ days }}
  {%- endfor %},
  {{ money("sum(case when days_over >= 90 then cost_90 else 0 end)") }} as cost_90
from customers
group by shop_id, day
