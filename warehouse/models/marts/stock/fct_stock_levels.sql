with levels as (
  {{ newest_version(ref('stg_shopify__inventory_levels'), 'inventory_item_id, location_id', 'updated_at') }}
),

locations as (
  {{ newest_version(ref('stg_shopify__locations'), 'location_id', 'updated_at') }}
)

select
  levels.shop_id,
  levels.inventory_item_id,
  levels.location_id,
  {{ bucket_of('md5(cast(levels.inventory_item_id as text))') }} as bucket,
  locations.name as location_name,
  items.sku,
  items.product_id,
  items.product_type,
  products.category,
  levels.available,
  levels.on_hand,
  levels.committed,
  levels.incoming,
  {{ money('greatest(levels.on_hand, 0) * items.unit_cost') }} as stock_value,
  coalesce(levels.updated_at, levels.fetched_at) as changed_at
from levels
inner join {{ ref('int_stock_items') }} as items
  on items.shop_id = levels.shop_id and items.inventory_item_id = levels.inventory_item_id
left join {{ ref('dim_products') }} as products
  on products.shop_id = items.shop_id and products.product_id = items.product_id
left join locations
  on locations.shop_id = levels.shop_id and locations.location_id = levels.location_id
where coalesce(levels.is_active, true) and items.is_tracked
