{% test currency_of_the_shop(model) %}
select
  orders.shop_id,
  orders.order_id,
  orders.currency,
  shops.currency as shop_currency
from {{ model }} as orders
inner join {{ ref('int_shops') }} as shops on shops.shop_id = orders.shop_id
where orders.currency <> shops.currency
{% endtest %}
