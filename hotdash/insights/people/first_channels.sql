-- Which channel the first order of each came by: of its touches the one that last click credits.
select distinct on (orders.customer_key) orders.customer_key, credit.channel
from serving.fct_orders as orders
inner join serving.fct_attributed_orders as credit
  on credit.shop_id = orders.shop_id
  and credit.part = any(cast(:credit_parts as bigint[]))
  and credit.day = orders.day
  and credit.order_id = orders.order_id
where orders.shop_id = :shop_id
  and orders.part = any(cast(:order_parts as bigint[]))
  and orders.day = any(cast(:days as date[]))
  and orders.customer_key = any(cast(:customers as text[]))
  and orders.is_first_order
order by orders.customer_key, credit.last_click_share desc nulls last, credit.touch_id
