select
  max(plan.as_of_day) as as_of_day,
  count(*) filter (where plan.is_dead) as dead,
  coalesce(sum(plan.dead_value) filter (where plan.is_dead), 0) as dead_value,
  count(*) filter (where plan.is_dead and plan.dead_value is null) as dead_unpriced,
  count(*) filter (where plan.overstock_units > 0 and not plan.is_dead) as slow,
  coalesce(sum(plan.overstock_value) filter (where not plan.is_dead), 0) as slow_value,
  count(*) filter (
    where plan.overstock_units > 0 and not plan.is_dead and plan.overstock_value is null
  ) as slow_unpriced
from app.stock_plans as plan
where plan.shop_id = :shop_id
