with today as (
  select
    shop_id,
    {{ shop_local_date(as_of(), 'timezone') }} as day
  from {{ ref('int_shops') }}
),

ordering as (
  select
    shop_id,
    customer_key,
    min(case when is_counted then day end) as first_order_day,
    max(case when is_counted then day end) as last_order_day,
    min(acquired_day) as acquired_day,
    count(case when is_counted then 1 end) as counted_orders,
    count(case when is_kept then 1 end) as kept_orders,
    min(case when is_kept then day end) as first_kept_day,
    max(case when is_kept then day end) as last_kept_day,
    sum(
      case when is_counted then gross_sales - discounts - refunds + shipping - shipping_refunds else 0 end
    ) as revenue
  from {{ ref('fct_orders') }}
  group by shop_id, customer_key
),

everyone as (
  select
    coalesce(ordering.shop_id, identity.shop_id) as shop_id,
    coalesce(ordering.customer_key, identity.customer_key) as customer_key,
    identity.shop_id is not null as is_known,
    nullif(identity.tags, '') as tags,
    ordering.first_order_day,
    ordering.last_order_day,
    ordering.acquired_day,
    coalesce(ordering.counted_orders, 0) as counted_orders,
    coalesce(ordering.kept_orders, 0) as kept_orders,
    ordering.last_kept_day - ordering.first_kept_day as active_days,
    ordering.last_kept_day,
    coalesce(ordering.revenue, 0) as revenue
  from ordering
  full outer join {{ ref('int_customer_identity') }} as identity
    on identity.shop_id = ordering.shop_id and identity.customer_key = ordering.customer_key
),

ranked as (
  select
    everyone.*,
    today.day - everyone.last_kept_day as idle_days,
    rank() over (
      partition by everyone.shop_id, everyone.kept_orders > 0
      order by everyone.revenue
    ) - 1 as spent_less,
    count(*) over (partition by everyone.shop_id, everyone.kept_orders > 0) as customers
  from everyone
  inner join today on today.shop_id = everyone.shop_id
)

select
  ranked.shop_id,
  ranked.customer_key,
  {{ bucket_of('ranked.customer_key') }} as bucket,
  ranked.is_known,
  ranked.first_order_day,
  ranked.last_order_day,
  ranked.acquired_day,
  cast(ranked.counted_orders as bigint) as counted_orders,
  cast(ranked.kept_orders as bigint) as kept_orders,
  {{ money('ranked.revenue') }} as revenue,
  {{ customer_segment('ranked.tags', 'ranked.kept_orders', 'ranked.active_days', 'ranked.idle_days') }} as segment,
  {%- for name, reaches in [
    ('recency', 'ranked.idle_days <= scores.max_days_since_'),
    ('frequency', 'ranked.kept_orders >= scores.min_orders_'),
    ('monetary', 'ranked.spent_less * 100 >= ranked.customers * scores.min_spend_percentile_'),
  ] %}
  cast(
    case
      when ranked.kept_orders = 0 then null
      {%- for score in [5, 4, 3, 2] %}
      when {{ reaches ~ score }} then {{ score }}
      {%- endfor %}
      else 1
    end as integer
  ) as {{ name }}_score{{ ',' if not loop.last }}
  {%- endfor %}
from ranked
cross join {{ segment_rules() }} as rules
cross join {{ rfm_rules() }} as scores
