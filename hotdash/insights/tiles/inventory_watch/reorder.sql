select
  item.sku,
  concat_ws(' · ', item.product_title, nullif(item.variant_title, 'Default Title')) as item,
  item.supplier,
  item.available,
  round(item.units_sold_56d::numeric / nullif(item.days_in_stock_56d, 0), 2) as velocity,
  item.days_of_stock,
  item.lead_time_days,
  item.reorder_point,
  item.reorder_quantity,
  item.money_at_risk,
  count(*) over () as total
from serving.current_fct_inventory as item
where item.shop_id = :shop_id and (item.is_running_out or item.reorder_quantity > 0)
order by item.money_at_risk desc nulls last, item.days_of_stock nulls last, item.inventory_item_id
limit :most
