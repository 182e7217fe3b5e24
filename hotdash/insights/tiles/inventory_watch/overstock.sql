select
  item.sku,
  concat_ws(' · ', item.product_title, nullif(item.variant_title, 'Default Title')) as item,
  item.on_hand,
  item.days_of_stock,
  item.overstock_units,
  item.overstock_value,
  count(*) over () as total
from serving.current_fct_inventory as item
where item.shop_id = :shop_id and item.is_overstocked
order by item.overstock_value desc nulls last, item.overstock_units desc, item.inventory_item_id
limit :most
