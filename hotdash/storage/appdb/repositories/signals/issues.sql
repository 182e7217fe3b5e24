select
  count(*) filter (where parcel.is_issue) as issues,
  count(*) filter (where parcel.is_unfulfilled_late) as unfulfilled_late,
  count(*) filter (where parcel.is_failed) as failed,
  count(*) filter (where parcel.has_exception) as exceptions,
  (array_agg(distinct parcel.order_id) filter (where parcel.is_issue)) [1:100] as orders
from serving.current_fct_fulfillments as parcel
where parcel.shop_id = :shop_id and parcel.day >= :since
