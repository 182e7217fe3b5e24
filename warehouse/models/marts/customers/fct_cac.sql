with today as (
  select
    shop_id,
    {{ shop_local_date(as_of(), 'timezone') }} as day
  from {{ ref('int_shops') }}
),

spent as (
  select
    shop_id,
    day,
    {{ whole_sum('spend') }} as spend
  from {{ ref('fct_ad_spend') }}
  group by shop_id, day
),

unread as (
  select distinct
    shop_id,
    day
  from {{ ref('int_unread_ad_days') }}
),

days as (
  select shop_id, day from {{ ref('fct_customers') }}
  union
  select shop_id, day from spent
  union
  select shop_id, day from unread
),

spending as (
  select
    days.shop_id,
    days.day,
    case when unread.shop_id is not null then null when spent.shop_id is null then 0 else spent.spend end as spend
  from days
  left join unread on unread.shop_id = days.shop_id and unread.day = days.day
  left join spent on spent.shop_id = days.shop_id and spent.day = days.day
)

select
  days.shop_id,
  days.day,
  coalesce(customers.plan_tier, plans.plan_tier, 'unknown') as plan_tier,
  shops.currency,
  coalesce(customers.new_customers, 0) as new_customers,
  {{ money('spending.spend') }} as spend,
  {{ money('case when days.day + 90 > today.day then 0 else spending.spend end') }}
    as payback_spend,
  {{ money('coalesce(worth.revenue_90, 0)') }} as payback_revenue,
  {{ money('coalesce(worth.cost_90, 0)') }} as payback_cost
from days
inner join today on today.shop_id = days.shop_id
inner join {{ ref('int_shops') }} as shops on shops.shop_id = days.shop_id
inner join spending on spending.shop_id = days.shop_id and spending.day = days.day
left join {{ ref('fct_customers') }} as customers
  on customers.shop_id = days.shop_id and customers.day = days.day
left join {{ ref('fct_customer_value') }} as worth
  on worth.shop_id = days.shop_id and worth.day = days.day
left join {{ ref('int_shop_plans') }} as plans
  on
    plans.shop_id = days.shop_id
    and days.day >= plans.valid_from
    and days.day < {{ end_of('plans') }}
