-- Counted orders of each hour by the shop's clock.
select
  fact.day,
  extract(hour from fact.processed_at at time zone :timezone)::int as hour,
  count(*) as orders
from serving.current_fct_orders as fact
where fact.shop_id = :shop_id and fact.is_counted and fact.day between :first and :last
group by 1, 2
