with needed as (
  select
    shop_id,
    min(day) - {{ demand_reach() }} as first_day,
    max(day) as last_day
  from {{ ref('int_affected_stock') }}
  group by shop_id
),

demand as (
  select
    days.*,
    sum(days.units_sold) over demand_window as units_sold_56d,
    sum(case when days.available <= 0 and days.units_sold = 0 then 1 else 0 end) over demand_window
      as days_out_56d
  from {{ ref('int_item_days') }} as days
  inner join needed
    on
      needed.shop_id = days.shop_id
      and days.day >= needed.first_day
      and days.day <= needed.last_day
  window demand_window as (
    partition by days.shop_id, days.inventory_item_id
    order by days.day
    range between interval '{{ demand_reach() }} days' preceding and current row
  )
),

measured as (
  select
    demand.shop_id,
    demand.day,
    demand.inventory_item_id,
    demand.available,
    demand.on_hand,
    demand.committed,
    demand.incoming,
    demand.units_sold,
    {{ count_of('demand.units_sold_56d') }} as units_sold_56d,
    greatest(
      least(
        cast({{ demand_days() }} as bigint),
        coalesce({{ days_between('items.created_day', 'demand.day') }} + 1, {{ demand_days() }})
      ) - demand.days_out_56d,
      0
    ) as days_in_stock_56d,
    greatest(demand.available, 0) as sellable,
    settings.lead_time_days,
    settings.safety_days,
    settings.safety_stock,
    settings.pack_size,
    settings.cover_days,
    settings.overstock_days
  from demand
  inner join {{ ref('int_affected_stock') }} as affected
    on affected.shop_id = demand.shop_id and affected.day = demand.day
  inner join {{ ref('int_stock_items') }} as items
    on items.shop_id = demand.shop_id and items.inventory_item_id = demand.inventory_item_id
  inner join {{ ref('int_item_settings') }} as settings
    on
      settings.shop_id = demand.shop_id
      and settings.inventory_item_id = demand.inventory_item_id
      and demand.day >= settings.valid_from
      and demand.day < {{ end_of('settings') }}
  where demand.is_known and items.is_tracked
),

{#- Demand of so many days is their share of the units sold on days with stock, rounded up. -#}
planned as (
  select
    measured.*,
    {%- for name in ['lead_time', 'safety', 'cover', 'overstock'] %}
    case
      when days_in_stock_56d > 0
        then {{ integer_quotient_up('units_sold_56d * ' ~ name ~ '_days', 'days_in_stock_56d') }}
    end as {{ name }}_units
    {%- if not loop.last %},{% endif %}
    {%- endfor %}
  from measured
),

reordering as (
  select
    planned.*,
    coalesce(safety_stock, safety_units) as kept_back,
    lead_time_units + coalesce(safety_stock, safety_units) as reorder_point,
    available + coalesce(incoming, 0) as position
  from planned
)

select
  reordering.shop_id,
  reordering.day,
  reordering.inventory_item_id,
  shops.timezone,
  cast(1 as bigint) as items,
  reordering.available,
  reordering.on_hand,
  reordering.committed,
  reordering.incoming,
  reordering.units_sold,
  reordering.units_sold_56d,
  {{ count_of('reordering.days_in_stock_56d') }} as days_in_stock_56d,
  reordering.lead_time_days,
  {{ count_of('reordering.kept_back') }} as safety_stock,
  reordering.pack_size,
  reordering.overstock_days,
  {{ count_of(integer_quotient('sellable * days_in_stock_56d', 'units_sold_56d')) }} as days_of_stock,
  {{ count_of('reordering.reorder_point') }} as reorder_point,
  {{ count_of(
    "case when units_sold_56d > 0 and position <= reorder_point then pack_size * "
    ~ integer_quotient_up('greatest(reorder_point + cover_units - position, 1)', 'pack_size') ~ ' else 0 end'
  ) }} as reorder_quantity,
  {{ count_of('greatest(coalesce(lead_time_units, 0) - sellable, 0)') }} as units_short,
  {{ count_of('case when units_sold_56d > 0 then greatest(sellable - overstock_units, 0) else 0 end') }} as overstock_units,
  reordering.available <= 0 as is_out_of_stock,
  units_sold_56d > 0 and sellable * days_in_stock_56d < units_sold_56d * lead_time_days as is_running_out,
  units_sold_56d > 0 and sellable * days_in_stock_56d > units_sold_56d * overstock_days as is_overstocked,
  units_sold_56d = 0 and sellable > 0 as is_dead
from reordering
inner join {{ ref('int_shops') }} as shops on shops.shop_id = reordering.shop_id
