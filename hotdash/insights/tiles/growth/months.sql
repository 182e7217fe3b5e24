with newest as materialized (
  select max(growth.day) as day
  from serving.current_fct_growth as growth
  where growth.shop_id = :shop_id and growth.day <= :last
)
select
  date_trunc('month', growth.day::timestamp)::date as month,
  sum(growth.revenue) as revenue,
  sum(growth.counted_orders)::bigint as orders,
  count(*) as days
from serving.current_fct_growth as growth
cross join newest
where growth.shop_id = :shop_id and growth.day > newest.day - 365 and growth.day <= newest.day
group by 1
order by 1 desc
