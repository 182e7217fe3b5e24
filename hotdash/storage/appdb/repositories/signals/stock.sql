select
  item.inventory_item_id, item.sku, item.product_title, item.variant_title, item.supplier,
  item.as_of_day, item.available, item.units_sold_56d, item.days_in_stock_56d,
  item.lead_time_days, item.days_of_stock, item.reorder_quantity, item.units_short,
  item.money_at_risk, item.unit_cost, item.is_out_of_stock
from serving.current_fct_inventory as item
where item.shop_id = :shop_id and item.is_running_out and item.reorder_quantity > 0
order by item.inventory_item_id
