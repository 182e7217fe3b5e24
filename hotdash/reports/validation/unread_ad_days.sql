with read as (
  select
    fact.platform,
    min(fact.day) as first_day,
    max(fact.day) as last_day
  from serving.fct_ad_spend as fact
  where fact.shop_id = :shop_id
    and fact.part = any(cast(:spend_parts as bigint[]))
  group by fact.platform
)

select distinct fact.day, fact.platform
from serving.fct_roas as fact
inner join read
  on read.platform = fact.platform
  and fact.day > read.first_day
  and fact.day < read.last_day
where fact.shop_id = :shop_id
  and fact.part = any(cast(:parts as bigint[]))
  and fact.spend is null
  and fact.impressions is null
order by fact.day, fact.platform
