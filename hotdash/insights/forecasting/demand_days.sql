select
  days.inventory_item_id,
  array_agg(days.day - cast(:first as date) order by days.day) as places,
  array_agg(
    case when days.available <= 0 and days.units_sold = 0 then null else days.units_sold end
    order by days.day
  ) as sold
from serving.current_fct_inventory_days as days
where
  days.shop_id = :shop_id
  and days.day between cast(:first as date) and cast(:last as date)
group by days.inventory_item_id
order by days.inventory_item_id
