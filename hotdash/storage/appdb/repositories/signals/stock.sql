select
  item.inventory_item_id, item.sku, item.product_title, item.variant_title, item.supplier,
  item.as_of_day, item.available, item.units_sold_56d, item.days_in_stock_56d,
  item.lead_time_days, item.days_of_stock, item.reorder_quantity,
  case when item.is_running_out then item.units_short else 0 end as units_short,
  item.money_at_risk, item.unit_cost, item.is_out_of_stock,
  item.is_running_out and item.reorder_quantity > 0 as is_due,
  plan.daily, plan.out_on, plan.out_earliest, plan.out_latest, plan.run_out, plan.run_out_noticed,
  plan.units_short as expected_short, plan.money_at_risk as expected_loss,
  plan.reorder_quantity as planned_quantity, plan.order_cost,
  foretold.is_asked
from serving.current_fct_inventory as item
left join app.stock_plans as plan
  on
    plan.shop_id = item.shop_id
    and plan.inventory_item_id = item.inventory_item_id
    and plan.as_of_day >= item.as_of_day - 1
    and plan.is_own_range
cross join lateral (
  select
    plan.reorder_quantity > 0 and (plan.is_warned or plan.run_out >= :likely_from) as is_asked
) as foretold
where
  item.shop_id = :shop_id
  and (
    item.inventory_item_id::text = any(cast(:items as text[]))
    or (item.is_running_out and item.reorder_quantity > 0)
    or foretold.is_asked
  )
order by item.inventory_item_id
