{#- Days with more people than orders, or whose new customers are not those of their orders. -#}
{% test people_add_up(model) %}
with orders as (
  select
    shop_id,
    day,
    count(case when is_first_order then 1 end) as new_customers,
    count(case when is_return then 1 end) as returning_customers
  from {{ ref('fct_orders') }}
  group by shop_id, day
)

select
  coalesce(days.shop_id, orders.shop_id) as shop_id,
  coalesce(days.day, orders.day) as day,
  days.new_customers,
  days.returning_customers,
  days.ordering_customers
from {{ model }} as days
full outer join orders on orders.shop_id = days.shop_id and orders.day = days.day
where
  coalesce(days.new_customers, 0) <> coalesce(orders.new_customers, 0)
  or coalesce(days.returning_customers, 0) <> coalesce(orders.returning_customers, 0)
  or days.new_customers + days.returning_customers > days.ordering_customers
  or days.ordering_customers > days.counted_orders
{% endtest %}
