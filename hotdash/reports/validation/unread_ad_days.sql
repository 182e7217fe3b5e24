with read_first as (
  select fact.platform, min(fact.day) as day
  from serving.fct_ad_spend as fact
  where fact.shop_id = :shop_id
    and fact.part = any(cast(:spend_parts as bigint[]))
  group by fact.platform
)

select distinct fact.day, fact.platform
from serving.fct_roas as fact
inner join read_first on read_first.platform = fact.platform and fact.day > read_first.day
where fact.shop_id = :shop_id
  and fact.part = any(cast(:parts as bigint[]))
  and fact.spend is null
  and fact.impressions is null
order by fact.day, fact.platform
