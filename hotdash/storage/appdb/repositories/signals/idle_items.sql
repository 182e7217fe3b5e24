select
  plan.sku, plan.product_title, plan.variant_title, plan.supplier, plan.as_of_day,
  plan.available, plan.expected_28d, plan.is_dead, plan.overstock_units,
  case when plan.is_dead then plan.dead_value else plan.overstock_value end as idle_value
from app.stock_plans as plan
where plan.shop_id = :shop_id and (plan.is_dead or plan.overstock_units > 0)
order by idle_value desc nulls last, plan.inventory_item_id
