select
  count(distinct fact.day) as days,
  min(fact.day) as first_day,
  max(fact.day) as last_day,
  count(*) as lines
from serving.fct_sales_reconciliation as fact
where fact.shop_id = :shop_id
  and fact.part = any(cast(:parts as bigint[]))
