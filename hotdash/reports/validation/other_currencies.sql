select fact.{place} as place, fact.currency, count(*) as found
from serving.{mart} as fact
where fact.shop_id = :shop_id
  and fact.part = any(cast(:parts as bigint[]))
  and fact.currency <> :currency
group by fact.{place}, fact.currency
order by fact.{place}, fact.currency
