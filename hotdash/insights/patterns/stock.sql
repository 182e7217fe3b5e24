select
  fact.category,
  fact.location_name as location,
  sum(fact.available) as available,
  sum(fact.stock_value) as value
from serving.fct_stock_levels as fact
where fact.shop_id = :shop_id
  and fact.part = any(cast(:parts as bigint[]))
group by 1, 2
order by 1, 2
