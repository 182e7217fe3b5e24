select
  count(distinct fact.day) as days,
  min(fact.day) as first_day,
  max(fact.day) as last_day,
  count(distinct fact.day) filter (where fact.difference <> 0) as days_off,
  count(distinct fact.day) filter (where fact.explanation = 'Not explained.') as days_unexplained,
  coalesce(sum(abs(fact.difference)) filter (where fact.line = 'total_sales'), 0) as off,
  coalesce(sum(abs(fact.theirs)) filter (where fact.line = 'total_sales'), 0) as told
from serving.fct_sales_reconciliation as fact
where fact.shop_id = :shop_id
  and fact.part = any(cast(:parts as bigint[]))
  and fact.day > :after
