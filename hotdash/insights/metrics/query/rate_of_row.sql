
left join unnest(cast(:rate_shops as text[]), cast(:rate_bases as text[])) as other (shop_id, base)
  on other.shop_id = fact.shop_id
left join serving.dim_exchange_rates as rated
  on rated.shop_id = other.shop_id
  and rated.part = any(cast(:rate_parts as bigint[]))
  and rated.base = other.base
  and rated.quote = :rate_quote
  and fact.day >= rated.valid_from
  and fact.day < rated.valid_before
