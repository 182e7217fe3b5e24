with known as (
  select
    levels.shop_id,
    {{ shop_local_date('min(levels.fetched_at)', 'shops.timezone') }} as first_day
  from {{ ref('stg_shopify__inventory_levels') }} as levels
  inner join {{ ref('int_shops') }} as shops on shops.shop_id = levels.shop_id
  group by levels.shop_id, shops.timezone
),

affected as (
  select
    affected.shop_id,
    affected.day
  from {{ ref('int_affected_stock') }} as affected
  inner join known on known.shop_id = affected.shop_id
  inner join {{ ref('int_reach') }} as reach
    on reach.shop_id = affected.shop_id and reach.subject = 'store'
  where affected.day >= known.first_day - {{ demand_days() }} and affected.day <= reach.day
),

changes as (
  select
    *,
    least(coalesce(updated_at, fetched_at), fetched_at) as changed_at
  from {{ ref('stg_shopify__inventory_levels') }}
),

days_of_changes as (
  {{ days_of_quarters('changes', ['changed_at']) }}
),

{#- A level holds from the day it changed at the vendor, yet not from before anything was read. -#}
versions as (
  select
    changes.*,
    greatest(days.day, known.first_day) as valid_from
  from changes
  inner join known on known.shop_id = changes.shop_id
  inner join days_of_changes as days
    on days.shop_id = changes.shop_id and days.begun_at = {{ quarter_hour('changes.changed_at') }}
),

last_of_day as (
  select
    *,
    row_number() over (
      partition by shop_id, inventory_item_id, location_id, valid_from
      order by changed_at desc, fetched_at desc, load_id desc
    ) as place
  from versions
),

periods as (
  select
    *,
    lead(valid_from) over (partition by shop_id, inventory_item_id, location_id order by valid_from)
      as valid_before
  from last_of_day
  where place = 1
),

levels as (
  select
    periods.shop_id,
    affected.day,
    periods.inventory_item_id,
    sum(periods.available) as available,
    sum(periods.on_hand) as on_hand,
    sum(periods.committed) as committed,
    sum(periods.incoming) as incoming
  from periods
  inner join affected
    on
      affected.shop_id = periods.shop_id
      and affected.day >= periods.valid_from
      and affected.day < {{ end_of('periods') }}
  where not periods.is_deleted and coalesce(periods.is_active, true)
  group by periods.shop_id, affected.day, periods.inventory_item_id
),

sold as (
  select
    orders.shop_id,
    orders.day,
    items.inventory_item_id,
    sum(lines.quantity) as units_sold
  from {{ ref('int_orders') }} as orders
  inner join affected on affected.shop_id = orders.shop_id and affected.day = orders.day
  inner join {{ ref('stg_shopify__order_lines') }} as lines on {{ same_version('lines', 'orders') }}
  inner join {{ ref('int_stock_items') }} as items
    on items.shop_id = lines.shop_id and items.variant_id = lines.variant_id
  where orders.is_counted
  group by orders.shop_id, orders.day, items.inventory_item_id
)

select
  coalesce(levels.shop_id, sold.shop_id) as shop_id,
  coalesce(levels.day, sold.day) as day,
  coalesce(levels.inventory_item_id, sold.inventory_item_id) as inventory_item_id,
  levels.shop_id is not null as is_known,
  {{ count_of('levels.available') }} as available,
  {{ count_of('levels.on_hand') }} as on_hand,
  {{ count_of('levels.committed') }} as committed,
  {{ count_of('levels.incoming') }} as incoming,
  {{ count_of('coalesce(sold.units_sold, 0)') }} as units_sold
from levels
full outer join sold
  on
    sold.shop_id = levels.shop_id
    and sold.day = levels.day
    and sold.inventory_item_id = levels.inventory_item_id
