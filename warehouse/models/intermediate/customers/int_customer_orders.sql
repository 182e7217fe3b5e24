with customers as (
  select distinct
    orders.shop_id,
    orders.customer_key
  from {{ ref('int_order_customers') }} as orders
  inner join {{ ref('int_affected_partitions') }} as affected
    on affected.shop_id = orders.shop_id and affected.day = orders.day
),

history as (
  select
    orders.shop_id,
    orders.order_id,
    orders.customer_key,
    orders.day,
    orders.processed_at,
    orders.is_counted,
    (orders.is_counted or orders.is_cancelled) and not orders.is_test as is_an_order,
    orders.financial_status,
    coalesce(after_void_first_order.value = 'next_order', false) as may_begin_later,
    coalesce(orders.total_price = 0 and zero_orders.value = 'false', false) as is_worth_nothing
  from {{ ref('int_order_customers') }} as orders
  inner join customers
    on customers.shop_id = orders.shop_id and customers.customer_key = orders.customer_key
  {{ joined_policy('after_void_first_order', 'orders') }}
  {{ joined_policy('zero_orders', 'orders') }}
),

judged as (
  select
    *,
    is_an_order and not is_worth_nothing as takes_part,
    is_counted and not is_worth_nothing and financial_status <> 'REFUNDED' as is_kept
  from history
),

placed as (
  select
    *,
    count(case when takes_part then 1 end) over history_so_far as orders_so_far,
    count(case when is_kept then 1 end) over history_so_far as kept_so_far,
    min(case when is_kept then day end) over history_so_far as first_kept_day,
    max(case when is_kept then day end) over (
      partition by shop_id, customer_key
      order by processed_at, order_id
      rows between unbounded preceding and 1 preceding
    ) as kept_day_before
  from judged
  window history_so_far as (
    partition by shop_id, customer_key
    order by processed_at, order_id
    rows between unbounded preceding and current row
  )
),

named as (
  select
    *,
    is_kept and kept_so_far = 1 and (orders_so_far = 1 or may_begin_later) as is_first_order,
    is_counted and takes_part and kept_day_before is not null as is_repeat_order
  from placed
),

acquired as (
  select
    *,
    max(case when is_first_order then day end) over (
      partition by shop_id, customer_key
      order by processed_at, order_id
      rows between unbounded preceding and current row
    ) as acquired_day,
    count(case when is_repeat_order then 1 end) over (
      partition by shop_id, customer_key
      order by processed_at, order_id
      rows between unbounded preceding and current row
    ) as repeat_orders_so_far,
    row_number() over (
      partition by shop_id, customer_key, day, is_repeat_order
      order by processed_at, order_id
    ) as place_of_day
  from named
)

select
  acquired.shop_id,
  acquired.order_id,
  acquired.day,
  acquired.customer_key,
  acquired.is_kept,
  acquired.is_first_order,
  acquired.is_repeat_order,
  acquired.is_repeat_order and acquired.place_of_day = 1 and acquired.first_kept_day < acquired.day
    as is_return,
  acquired.is_repeat_order and acquired.repeat_orders_so_far = 1 as is_first_repeat,
  acquired.acquired_day,
  {{ customer_segment(
    "nullif(identity.tags, '')",
    'greatest(acquired.kept_so_far + case when acquired.is_kept then 0 else 1 end, 1)',
    'acquired.day - coalesce(acquired.first_kept_day, acquired.day)',
    'acquired.day - acquired.kept_day_before'
  ) }} as segment
from acquired
inner join {{ ref('int_affected_partitions') }} as affected
  on affected.shop_id = acquired.shop_id and affected.day = acquired.day
left join {{ ref('int_customer_identity') }} as identity
  on identity.shop_id = acquired.shop_id and identity.customer_key = acquired.customer_key
cross join {{ segment_rules() }} as rules
