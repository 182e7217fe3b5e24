select
  fact.day,
  fact.line,
  fact.ours,
  fact.theirs,
  fact.explanation
from serving.fct_sales_reconciliation as fact
where fact.shop_id = :shop_id
  and fact.part = any(cast(:parts as bigint[]))
  and fact.difference <> 0
order by fact.day, fact.line
