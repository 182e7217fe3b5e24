-- Items that stood at nothing on a day of the window and not the day before, those that sold most first.
with days as (
  select
    stock.inventory_item_id, stock.day, stock.is_out_of_stock, stock.units_sold_56d,
    lag(stock.is_out_of_stock) over (partition by stock.inventory_item_id order by stock.day) as was_out
  from serving.current_fct_inventory_days as stock
  where stock.shop_id = :shop_id and stock.day between cast(:first as date) - 1 and :last
)
select days.day, days.units_sold_56d, level.sku, product.title
from days
left join lateral (
  select known.sku, known.product_id
  from serving.current_fct_stock_levels as known
  where known.shop_id = :shop_id and known.inventory_item_id = days.inventory_item_id
  order by known.location_id
  limit 1
) as level on true
left join serving.current_dim_products as product
  on product.shop_id = :shop_id and product.product_id = level.product_id
where days.is_out_of_stock and not days.was_out and days.units_sold_56d > 0 and days.day >= :first
order by days.units_sold_56d desc, days.day, level.sku
limit 3
