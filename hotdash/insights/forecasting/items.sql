select
  item.inventory_item_id, item.as_of_day, item.sku, item.product_title, item.variant_title,
  item.supplier, item.currency, item.price, item.unit_cost, item.available, item.incoming,
  item.lead_time_days, item.pack_size, item.overstock_days, item.is_dead, item.stock_value,
  coalesce(cover.value, :cover_days) as cover_days,
  coalesce(service.value, :service_percent) as service_percent
from serving.current_fct_inventory as item
left join lateral (
  select setting.value
  from app.operating_settings as setting
  where
    setting.shop_id = item.shop_id
    and setting.setting = 'cover_days'
    and setting.effective_from <= item.as_of_day
    and (
      setting.applies_to = 'shop'
      or (setting.applies_to = 'vendor' and setting.subject = item.supplier)
      or (setting.applies_to = 'sku' and setting.subject = item.sku)
    )
  order by
    setting.applies_to = 'sku' desc, setting.applies_to = 'vendor' desc,
    setting.effective_from desc, setting.decided_at desc
  limit 1
) as cover on true
left join lateral (
  select setting.value
  from app.operating_settings as setting
  where
    setting.shop_id = item.shop_id
    and setting.setting = 'service_percent'
    and setting.effective_from <= item.as_of_day
    and (
      setting.applies_to = 'shop'
      or (setting.applies_to = 'vendor' and setting.subject = item.supplier)
      or (setting.applies_to = 'sku' and setting.subject = item.sku)
    )
  order by
    setting.applies_to = 'sku' desc, setting.applies_to = 'vendor' desc,
    setting.effective_from desc, setting.decided_at desc
  limit 1
) as service on true
where item.shop_id = :shop_id
order by item.inventory_item_id
