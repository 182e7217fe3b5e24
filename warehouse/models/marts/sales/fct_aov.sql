with days as (
  select
    shop_id,
    day,
    currency,
    counted_orders,
    gross_sales - discounts - refunds + shipping - shipping_refunds as revenue
  from {{ ref('fct_revenue') }}
)

select
  shop_id,
  day,
  currency,
  counted_orders,
  {{ money('revenue') }} as revenue,
  {{ amount_per('revenue', 'counted_orders') }} as aov
from days
