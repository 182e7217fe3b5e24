-- Parcels of each day's orders that arrived, and those of them in time, by carrier.
select
  parcel.day,
  coalesce(nullif(parcel.carrier, ''), '(none)') as name,
  sum((parcel.is_delivered_on_time)::int) as above,
  sum((parcel.is_delivered)::int) as below
from serving.current_fct_fulfillments as parcel
where parcel.shop_id = :shop_id and parcel.day between :first and :last and parcel.is_delivered
group by 1, 2
