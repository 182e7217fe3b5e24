{%- set windows = [30, 60, 90, 365] -%}
with today as (
  select
    shop_id,
    {{ shop_local_date(as_of(), 'timezone') }} as day
  from {{ ref('int_shops') }}
),

worth as (
  select
    worth.shop_id,
    worth.acquired_day as day,
    worth.plan_tier,
    worth.new_customers,
    worth.returned_customers,
    worth.revenue,
    worth.taxes,
    worth.cost_of_goods,
    worth.day - worth.acquired_day as age,
    today.day - worth.acquired_day as days_over
  from {{ ref('int_customer_worth') }} as worth
  inner join today on today.shop_id = worth.shop_id
)

select
  shop_id,
  day,
  max(plan_tier) as plan_tier,
  cast(sum(new_customers) as bigint) as new_customers
  {%- for days in windows %}
  {%- set within = "days_over >= " ~ days ~ " and age < " ~ days %},
  cast(sum(case when days_over >= {{ days }} then new_customers else 0 end) as bigint) as customers_{{ days }},
  cast(sum(case when {{ within }} then returned_customers else 0 end) as bigint) as returned_{{ days }},
  {{ money("sum(case when " ~ within ~ " then revenue else 0 end)") }} as revenue_{{ days }},
  {{ money("sum(case when " ~ within ~ " then taxes else 0 end)") }} as taxes_{{ days }}
  {%- endfor %},
  {{ money("sum(case when days_over >= 90 and age < 90 then cost_of_goods else 0 end)") }} as cost_90
from worth
group by shop_id, day
