select
  parcel.order_id, parcel.fulfillment_id, parcel.day, parcel.shipped_day, parcel.promised_day,
  parcel.promised_by, parcel.display_status
from serving.current_fct_fulfillments as parcel
where
  parcel.shop_id = :shop_id
  and parcel.carrier = :name
  and parcel.is_shipped
  and not parcel.is_delivered
  and not parcel.is_failed
  and parcel.promised_day < :today
  and parcel.day >= :since
order by parcel.promised_day, parcel.order_id, parcel.fulfillment_id
limit 500
