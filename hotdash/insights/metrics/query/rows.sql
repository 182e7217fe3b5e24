select {columns}
from serving.{mart} as fact
where fact.shop_id = :shop_id
  and fact.part = any(cast(:parts as bigint[]))
  and fact.day = :day
  and {only}
  and {filtered}
order by {key}
limit :most
