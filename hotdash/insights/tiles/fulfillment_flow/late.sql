-- Orders of which something has not left the house though its day is over.
select
  parcel.order_id,
  parcel.day as ordered,
  parcel.ship_by_day,
  (cast(:today as date) - parcel.ship_by_day)::bigint as days_late,
  orders.gross_sales - orders.discounts - orders.refunds as net_sales,
  count(*) over () as total
from serving.current_fct_fulfillments as parcel
left join serving.current_fct_orders as orders
  on orders.shop_id = parcel.shop_id and orders.order_id = parcel.order_id and orders.day = parcel.day
where
  parcel.shop_id = :shop_id
  and parcel.is_shipped is not true
  and parcel.ship_by_day < :today
order by parcel.ship_by_day, parcel.order_id
limit :most
