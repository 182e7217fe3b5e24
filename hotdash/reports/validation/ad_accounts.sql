select
  fact.platform,
  fact.account_timezone,
  fact.account_currency,
  count(distinct fact.day) as days,
  min(fact.day) as first_day,
  max(fact.day) as last_day,
  sum(fact.account_spend) as spend
from serving.fct_ad_spend as fact
where fact.shop_id = :shop_id
  and fact.part = any(cast(:parts as bigint[]))
group by fact.platform, fact.account_timezone, fact.account_currency
order by fact.platform, fact.account_timezone, fact.account_currency
