{#- Customers with more than one order that made them new. -#}
{% test customers_began_once(model) %}
select
  orders.shop_id,
  orders.customer_key,
  count(*) as times
from {{ ref('fct_orders') }} as orders
inner join {{ model }} as days on days.shop_id = orders.shop_id and days.day = orders.day
where orders.is_first_order
group by orders.shop_id, orders.customer_key
having count(*) > 1
{% endtest %}
