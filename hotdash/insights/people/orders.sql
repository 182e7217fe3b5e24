-- The newest orders of one customer; their days bound what is looked through.
select
  orders.order_id, orders.day, orders.units, orders.is_counted, orders.is_cancelled,
  orders.gross_sales - orders.discounts - orders.refunds + orders.shipping - orders.shipping_refunds as revenue
from serving.fct_orders as orders
where orders.shop_id = :shop_id
  and orders.part = any(cast(:parts as bigint[]))
  and orders.customer_key = :customer
order by orders.day desc, orders.order_id desc
limit :most
