with today as (
  select
    shop_id,
    {{ shop_local_date(as_of(), 'timezone') }} as day
  from {{ ref('int_shops') }}
),

orders as (
  select
    shop_id,
    customer_key,
    cast({{ first_of_month('acquired_day') }} as date) as cohort_day,
    {{ months_between('acquired_day', 'day') }} as age_months,
    gross_sales - discounts - refunds + shipping - shipping_refunds as revenue,
    taxes - tax_refunds as taxes,
    is_first_order
  from {{ ref('fct_orders') }}
  where is_counted and acquired_day is not null
),

cohorts as (
  select
    shop_id,
    cohort_day,
    count(case when is_first_order then 1 end) as customers
  from orders
  group by shop_id, cohort_day
),

ordered as (
  select
    shop_id,
    cohort_day,
    age_months,
    count(distinct customer_key) as ordering_customers,
    count(*) as counted_orders,
    sum(revenue) as revenue,
    sum(taxes) as taxes
  from orders
  group by shop_id, cohort_day, age_months
)

select
  cohorts.shop_id,
  cohorts.cohort_day as day,
  cast(ages.age_months as integer) as age_months,
  cast(cohorts.customers as bigint) as customers,
  cast(coalesce(ordered.ordering_customers, 0) as bigint) as ordering_customers,
  cast(coalesce(ordered.counted_orders, 0) as bigint) as counted_orders,
  {{ money('coalesce(ordered.revenue, 0)') }} as revenue,
  {{ money('coalesce(ordered.taxes, 0)') }} as taxes
from cohorts
inner join today on today.shop_id = cohorts.shop_id
cross join generate_series(0, 119) as ages (age_months)
left join ordered
  on
    ordered.shop_id = cohorts.shop_id
    and ordered.cohort_day = cohorts.cohort_day
    and ordered.age_months = ages.age_months
where ages.age_months <= {{ months_between('cohorts.cohort_day', 'today.day') }} or ordered.shop_id is not null
