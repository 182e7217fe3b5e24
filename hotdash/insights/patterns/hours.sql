select
  extract(isodow from fact.processed_at at time zone :timezone)::int as weekday,
  extract(hour from fact.processed_at at time zone :timezone)::int as hour,
  count(*) as orders
from serving.fct_orders as fact
where fact.shop_id = :shop_id
  and fact.part = any(cast(:parts as bigint[]))
  and fact.day between :first and :last
  and fact.is_counted
group by 1, 2
