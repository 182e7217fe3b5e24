with items as (
  {{ newest_version(ref('stg_shopify__inventory_items'), 'inventory_item_id', 'updated_at') }}
),

variants as (
  {{ newest_version(ref('stg_shopify__variants'), 'variant_id', 'updated_at') }}
),

products as (
  {{ newest_version(ref('stg_shopify__products'), 'product_id', 'updated_at') }}
),

variant_of_item as (
  select
    shop_id,
    inventory_item_id,
    max(variant_id) as variant_id
  from variants
  where inventory_item_id is not null
  group by shop_id, inventory_item_id
)

select
  items.shop_id,
  items.inventory_item_id,
  variants.variant_id,
  variants.product_id,
  coalesce(variants.sku, items.sku) as sku,
  products.title as product_title,
  variants.title as variant_title,
  products.product_type,
  products.vendor as supplier,
  variants.price,
  case when items.cost_currency = shops.currency then items.unit_cost end as unit_cost,
  coalesce(items.is_tracked, true) as is_tracked,
  {{ shop_local_date('items.created_at', 'shops.timezone') }} as created_day
from items
inner join {{ ref('int_shops') }} as shops on shops.shop_id = items.shop_id
left join variant_of_item
  on
    variant_of_item.shop_id = items.shop_id
    and variant_of_item.inventory_item_id = items.inventory_item_id
left join variants
  on variants.shop_id = variant_of_item.shop_id and variants.variant_id = variant_of_item.variant_id
left join products
  on products.shop_id = variants.shop_id and products.product_id = variants.product_id
