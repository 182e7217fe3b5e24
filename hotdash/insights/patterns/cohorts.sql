select fact.day, fact.age_months, fact.customers, fact.ordering_customers
from serving.fct_cohorts as fact
where fact.shop_id = :shop_id
  and fact.part = any(cast(:parts as bigint[]))
  and fact.day >= :first
  and fact.age_months <= :oldest
order by 1, 2
