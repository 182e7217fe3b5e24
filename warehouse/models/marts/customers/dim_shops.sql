select
  shops.shop_id,
  {{ bucket_of('md5(shops.shop_id)') }} as bucket,
  shops.name,
  shops.domain,
  shops.timezone,
  shops.currency,
  coalesce(plans.plan_tier, 'unknown') as plan_tier
from {{ ref('int_shops') }} as shops
left join {{ ref('int_shop_plans') }} as plans
  on plans.shop_id = shops.shop_id and plans.valid_before is null
