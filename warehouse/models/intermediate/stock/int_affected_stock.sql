with known as (
  select
    levels.shop_id,
    {{ shop_local_date('min(levels.fetched_at)', 'shops.timezone') }} as first_day,
    min(reach.day) as last_day,
    min(reach.built_day) as built_day
  from {{ ref('stg_shopify__inventory_levels') }} as levels
  inner join {{ ref('int_shops') }} as shops on shops.shop_id = levels.shop_id
  inner join {{ ref('int_reach') }} as reach
    on reach.shop_id = levels.shop_id and reach.subject = 'store'
  group by levels.shop_id, shops.timezone
),

level_news as (
  select
    levels.shop_id,
    {{ shop_local_date('min(least(coalesce(levels.updated_at, levels.fetched_at), levels.fetched_at))', 'shops.timezone') }}
      as first_day
  from {{ ref('stg_shopify__inventory_levels') }} as levels
  inner join {{ ref('stg_hotdash__committed_loads') }} as loads on loads.load_id = levels.load_id
  inner join {{ ref('int_shops') }} as shops on shops.shop_id = levels.shop_id
  where {{ is_to_build('loads') }}
  group by levels.shop_id, shops.timezone
),

{#- What an item is called, who supplies it and whether it is counted holds for all its days. -#}
renamed as (
  {%- for model, key, column in [
    ('stg_shopify__inventory_items', 'inventory_item_id', 'cast(versions.is_tracked as text)'),
    ('stg_shopify__inventory_items', 'inventory_item_id', 'versions.sku'),
    ('stg_shopify__variants', 'variant_id', 'versions.sku'),
    ('stg_shopify__variants', 'variant_id', 'cast(versions.inventory_item_id as text)'),
    ('stg_shopify__variants', 'variant_id', 'cast(versions.product_id as text)'),
    ('stg_shopify__products', 'product_id', 'versions.vendor'),
  ] %}
  select versions.shop_id
  from {{ ref(model) }} as versions
  inner join {{ ref('stg_hotdash__committed_loads') }} as loads on loads.load_id = versions.load_id
  group by versions.shop_id, versions.{{ key }}
  having
    max(case when {{ is_to_build('loads') }} then 1 else 0 end) = 1
    and count(distinct coalesce({{ column }}, '')) + max(case when versions.is_deleted then 1 else 0 end) > 1
  {% if not loop.last %}union{% endif %}
  {%- endfor %}
),

new_variants as (
  select
    versions.shop_id,
    versions.variant_id
  from {{ ref('stg_shopify__variants') }} as versions
  inner join {{ ref('stg_hotdash__committed_loads') }} as loads on loads.load_id = versions.load_id
  group by versions.shop_id, versions.variant_id
  having max(case when loads.is_built then 1 else 0 end) = 0
),

touched as (
  select shop_id, day from {{ ref('int_affected_partitions') }}
  union
  select distinct
    orders.shop_id,
    orders.day
  from new_variants
  inner join {{ ref('stg_shopify__order_lines') }} as lines
    on lines.shop_id = new_variants.shop_id and lines.variant_id = new_variants.variant_id
  inner join {{ ref('int_orders') }} as orders on {{ same_version('lines', 'orders') }}
),

spans as (
  select
    touched.shop_id,
    greatest(touched.day, known.first_day - {{ demand_days() }}) as first_day,
    least(touched.day + {{ demand_reach() }}, known.last_day) as last_day
  from touched
  inner join known on known.shop_id = touched.shop_id
  union
  select
    known.shop_id,
    greatest(level_news.first_day, known.first_day) as first_day,
    known.last_day
  from level_news
  inner join known on known.shop_id = level_news.shop_id
  union
  select
    shop_id,
    coalesce(built_day, first_day) as first_day,
    last_day
  from known
  union
  select
    known.shop_id,
    known.first_day - {{ demand_days() }} as first_day,
    known.last_day
  from renamed
  inner join known on known.shop_id = renamed.shop_id
)

select distinct
  shop_id,
  {{ days_from_to('first_day', 'last_day') }} as day
from spans
union
{{ days_of_new_settings([
  'lead_time_days', 'safety_days', 'safety_stock', 'pack_size', 'cover_days', 'overstock_days',
]) }}
union
{{ asked_days() }}
