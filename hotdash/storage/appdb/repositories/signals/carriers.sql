with late as (
  select parcel.carrier, parcel.order_id, parcel.promised_day, parcel.promised_by
  from serving.current_fct_fulfillments as parcel
  where
    parcel.shop_id = :shop_id
    and parcel.carrier is not null
    and parcel.is_shipped
    and not parcel.is_delivered
    and not parcel.is_failed
    and parcel.promised_day < :today
    and parcel.day >= :since
),
valued as (
  select asked.carrier, sum(orders.gross_sales - orders.discounts - orders.refunds) as amount
  from (select distinct carrier, order_id from late) as asked
  join serving.current_fct_orders as orders
    on orders.shop_id = :shop_id and orders.order_id = asked.order_id
  group by asked.carrier
)
select
  late.carrier,
  count(*) as parcels,
  count(*) filter (where late.promised_by = 'vendor') as promised_by_carrier,
  min(late.promised_day) as oldest_promise,
  min(valued.amount) as order_value
from late
left join valued on valued.carrier = late.carrier
group by late.carrier
order by late.carrier
