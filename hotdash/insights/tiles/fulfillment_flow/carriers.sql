-- The median is the mean of the two in the middle: of an odd number they are the same one, which the
-- second fraction, a hair above the half, still finds.
select
  coalesce(nullif(parcel.carrier, ''), 'No carrier told') as carrier,
  count(*) as parcels,
  count(*) filter (where parcel.is_delivered) as delivered,
  round(
    count(*) filter (where parcel.is_delivered_on_time)::numeric
    / nullif(count(*) filter (where parcel.is_delivered), 0), 4
  ) as on_time,
  (
    percentile_disc(0.5) within group (order by parcel.delivery_days)
    + percentile_disc(0.5000000001) within group (order by parcel.delivery_days)
  )::numeric / 2 as delivery_days,
  count(*) filter (where parcel.is_issue) as issues,
  count(*) over () as total
from serving.current_fct_fulfillments as parcel
where
  parcel.shop_id = :shop_id
  and parcel.day between :first and :last
  and parcel.is_shipped
group by 1
order by parcels desc, carrier
limit :most
