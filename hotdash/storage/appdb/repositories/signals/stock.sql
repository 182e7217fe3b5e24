select
  item.inventory_item_id, item.sku, item.product_title, item.variant_title, item.supplier,
  item.as_of_day, item.available, item.units_sold_56d, item.days_in_stock_56d,
  item.lead_time_days, item.days_of_stock, item.reorder_quantity, item.units_short,
  item.money_at_risk, item.unit_cost, item.is_out_of_stock,
  plan.run_out, plan.out_earliest, plan.out_latest
from serving.current_fct_inventory as item
left join app.stock_plans as plan
  on
    plan.shop_id = item.shop_id
    and plan.inventory_item_id = item.inventory_item_id
    and plan.as_of_day >= item.as_of_day - 1
where item.shop_id = :shop_id and item.is_running_out and item.reorder_quantity > 0
order by item.inventory_item_id
