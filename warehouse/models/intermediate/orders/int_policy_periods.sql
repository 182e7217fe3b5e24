select
  shop_id,
  policy,
  value,
  effective_from as valid_from,
  lead(effective_from) over (partition by shop_id, policy order by effective_from) as valid_before
from {{ ref('stg_hotdash__metric_policies') }}
