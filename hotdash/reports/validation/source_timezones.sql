select distinct fact.timezone
from serving.{mart} as fact
where fact.shop_id = :shop_id
  and fact.part = any(cast(:parts as bigint[]))
  and fact.timezone is not null
order by fact.timezone
