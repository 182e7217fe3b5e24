select
  other.shop_id, other.base,
  count(distinct rated.valid_from) as rates,
  min(rated.valid_from) as first_day, max(rated.valid_from) as last_day,
  min(rated.rate) as lowest, max(rated.rate) as highest
from unnest(cast(:rate_shops as text[]), cast(:rate_bases as text[])) as other (shop_id, base)
left join unnest(cast(:side_shops as text[]), cast(:firsts as date[]), cast(:lasts as date[]))
  as side (shop_id, first_day, last_day)
  on side.shop_id = other.shop_id
left join serving.dim_exchange_rates as rated
  on rated.shop_id = other.shop_id
  and rated.part = any(cast(:rate_parts as bigint[]))
  and rated.base = other.base
  and rated.quote = :rate_quote
  and rated.valid_from <= side.last_day
  and rated.valid_before > side.first_day
group by other.shop_id, other.base
order by other.shop_id
