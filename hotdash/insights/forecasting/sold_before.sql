select
  item.inventory_item_id,
  array_agg(of_day.day - cast(:first as date) order by of_day.day) as places,
  array_agg(of_day.units order by of_day.day) as sold
from serving.current_fct_inventory as item
inner join (
  select lines.variant_id, lines.day, sum(lines.units) as units
  from serving.current_fct_order_lines as lines
  where
    lines.shop_id = :shop_id
    and lines.is_counted
    and lines.day between cast(:first as date) and cast(:last as date)
  group by lines.variant_id, lines.day
) as of_day on of_day.variant_id = item.variant_id
where item.shop_id = :shop_id
group by item.inventory_item_id
order by item.inventory_item_id
