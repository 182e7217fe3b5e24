with values_held as (
  select
    shops.shop_id,
    defaults.setting,
    'shop' as applies_to,
    '' as subject,
    defaults.default_value as value,
    date '1970-01-01' as valid_from,
    false as is_news
  from {{ ref('int_shops') }} as shops
  cross join {{ ref('operating_settings') }} as defaults
  union all
  select
    shop_id,
    setting,
    applies_to,
    subject,
    value,
    effective_from,
    is_news
  from {{ ref('stg_hotdash__operating_settings') }}
)

select
  shop_id,
  setting,
  applies_to,
  subject,
  value,
  valid_from,
  lead(valid_from) over (
    partition by shop_id, setting, applies_to, subject order by valid_from
  ) as valid_before,
  is_news
from values_held
