select
  shop_id,
  base,
  quote,
  day as valid_from,
  least(
    {{ days_later('day', rate_days()) }},
    coalesce(
      lead(day) over (partition by shop_id, base, quote order by day),
      {{ days_later('day', rate_days()) }}
    )
  ) as valid_before,
  rate
from {{ ref('stg_hotdash__exchange_rates') }}
where rate is not null
