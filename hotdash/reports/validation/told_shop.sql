select fact.timezone, fact.currency
from serving.dim_shops as fact
where fact.shop_id = :shop_id
  and fact.part = any(cast(:parts as bigint[]))
