select
  parcel.order_id,
  parcel.day as ordered,
  coalesce(parcel.carrier, '') as carrier,
  case
    when parcel.is_failed then 'Failed or returned'
    when parcel.is_unfulfilled_late then 'Not sent, past its promise'
    else 'Carrier told of a delay'
  end as issue,
  parcel.promised_day,
  count(*) over () as total
from serving.current_fct_fulfillments as parcel
where
  parcel.shop_id = :shop_id
  and parcel.day between :first and :last
  and parcel.is_issue
order by parcel.day desc, parcel.order_id desc, parcel.fulfillment_id
limit :most
