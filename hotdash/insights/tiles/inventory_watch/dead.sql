select
  item.sku,
  concat_ws(' · ', item.product_title, nullif(item.variant_title, 'Default Title')) as item,
  item.on_hand,
  item.last_sold_day,
  item.stock_value,
  count(*) over () as total
from serving.current_fct_inventory as item
where item.shop_id = :shop_id and item.is_dead
order by item.stock_value desc nulls last, item.on_hand desc, item.inventory_item_id
limit :most
