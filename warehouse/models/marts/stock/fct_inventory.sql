with newest as (
  select
    shop_id,
    max(day) as day
  from {{ ref('fct_inventory_days') }}
  group by shop_id
),

last_sold as (
  select
    shop_id,
    inventory_item_id,
    max(day) as day
  from {{ ref('int_item_days') }}
  where units_sold > 0
  group by shop_id, inventory_item_id
)

select
  days.shop_id,
  days.inventory_item_id,
  {{ bucket_of('md5(cast(days.inventory_item_id as text))') }} as bucket,
  days.day as as_of_day,
  days.timezone,
  shops.currency,
  items.variant_id,
  items.product_id,
  items.sku,
  items.product_title,
  items.variant_title,
  items.product_type,
  products.category,
  items.supplier,
  items.price,
  items.unit_cost,
  days.available,
  days.on_hand,
  days.committed,
  days.incoming,
  days.units_sold_56d,
  days.days_in_stock_56d,
  days.lead_time_days,
  days.safety_stock,
  days.pack_size,
  days.overstock_days,
  days.days_of_stock,
  days.reorder_point,
  days.reorder_quantity,
  days.units_short,
  days.overstock_units,
  days.is_out_of_stock,
  days.is_running_out,
  days.is_overstocked,
  days.is_dead,
  last_sold.day as last_sold_day,
  {{ money('greatest(days.on_hand, 0) * items.unit_cost') }} as stock_value,
  {{ money('days.overstock_units * items.unit_cost') }} as overstock_value,
  {{ money('days.units_short * items.price') }} as money_at_risk
from {{ ref('fct_inventory_days') }} as days
inner join newest on newest.shop_id = days.shop_id and newest.day = days.day
inner join {{ ref('int_shops') }} as shops on shops.shop_id = days.shop_id
inner join {{ ref('int_stock_items') }} as items
  on items.shop_id = days.shop_id and items.inventory_item_id = days.inventory_item_id
left join {{ ref('dim_products') }} as products
  on products.shop_id = items.shop_id and products.product_id = items.product_id
left join last_sold
  on last_sold.shop_id = days.shop_id and last_sold.inventory_item_id = days.inventory_item_id
