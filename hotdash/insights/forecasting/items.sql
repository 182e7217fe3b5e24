select
  item.inventory_item_id, item.as_of_day, item.sku, item.product_title, item.variant_title,
  item.supplier, item.currency, item.price, item.unit_cost, item.available, item.incoming,
  item.lead_time_days, item.pack_size, item.overstock_days, item.is_dead, item.stock_value,
  coalesce(decided.cover_days, :cover_days) as cover_days,
  coalesce(decided.service_percent, :service_percent) as service_percent
from serving.current_fct_inventory as item
cross join lateral (
  select
    max(nearest.value) filter (where nearest.setting = 'cover_days') as cover_days,
    max(nearest.value) filter (where nearest.setting = 'service_percent') as service_percent
  from (
    select distinct on (each.setting) each.setting, each.value
    from app.operating_settings as each
    where
      each.shop_id = item.shop_id
      and each.setting in ('cover_days', 'service_percent')
      and each.effective_from <= item.as_of_day
      and (
        each.applies_to = 'shop'
        or (each.applies_to = 'vendor' and each.subject = item.supplier)
        or (each.applies_to = 'sku' and each.subject = item.sku)
      )
    order by
      each.setting, each.applies_to = 'sku' desc, each.applies_to = 'vendor' desc,
      each.effective_from desc, each.decided_at desc
  ) as nearest
) as decided
where item.shop_id = :shop_id
order by item.inventory_item_id
