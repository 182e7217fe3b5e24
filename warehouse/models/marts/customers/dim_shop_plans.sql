select
  shop_id,
  {{ bucket_of('md5(shop_id)') }} as bucket,
  plan_tier,
  valid_from,
  valid_before
from {{ ref('int_shop_plans') }}
