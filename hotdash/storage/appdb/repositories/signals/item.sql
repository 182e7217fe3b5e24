select
  item.inventory_item_id, item.sku, item.product_title, item.variant_title, item.supplier,
  item.as_of_day, item.available, item.on_hand, item.committed, item.incoming,
  item.units_sold_56d, item.days_in_stock_56d, item.lead_time_days, item.safety_stock,
  item.pack_size, item.days_of_stock, item.reorder_point, item.reorder_quantity,
  item.units_short, item.price, item.unit_cost, item.money_at_risk,
  plan.daily as expected_daily, plan.out_on, plan.run_out, plan.units_short as expected_short,
  plan.reorder_quantity as planned_quantity
from serving.current_fct_inventory as item
left join app.stock_plans as plan
  on plan.shop_id = item.shop_id and plan.inventory_item_id = item.inventory_item_id
where item.shop_id = :shop_id and item.inventory_item_id::text = :name
