select
  orders.order_id, orders.day, orders.processed_at, orders.currency, orders.is_counted
from serving.current_fct_orders as orders
where orders.shop_id = :shop_id and orders.order_id = :order_id
