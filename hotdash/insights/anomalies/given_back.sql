-- Counted orders of which anything was given back, by the day of the order.
select fact.day, count(*) filter (where fact.refunds > 0) as orders
from serving.current_fct_orders as fact
where fact.shop_id = :shop_id and fact.is_counted and fact.day between :first and :last
group by 1
