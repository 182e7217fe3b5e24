with starts as (
  {{ cost_starts() }}
)

select
  shop_id,
  variant_id,
  unit_cost,
  valid_from,
  lead(valid_from) over (partition by shop_id, variant_id order by valid_from) as valid_before
from starts
