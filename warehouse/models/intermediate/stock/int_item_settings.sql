{%- set settings = [
  'lead_time_days', 'safety_days', 'safety_stock', 'pack_size', 'cover_days', 'overstock_days',
] -%}
with decided as (
  select *
  from {{ ref('int_operating_settings') }}
  where setting in ('{{ settings | join("', '") }}')
),

eras as (
  select
    shop_id,
    valid_from,
    lead(valid_from) over (partition by shop_id order by valid_from) as valid_before
  from (select distinct shop_id, valid_from from decided) as begun
),

values_held as (
  {%- for applies_to, subject, rank in [('shop', "''", 3), ('vendor', 'items.supplier', 2), ('sku', 'items.sku', 1)] %}
  select
    items.shop_id,
    items.inventory_item_id,
    eras.valid_from,
    eras.valid_before,
    decided.setting,
    decided.value,
    {{ rank }} as place
  from {{ ref('int_stock_items') }} as items
  inner join decided
    on
      decided.shop_id = items.shop_id
      and decided.applies_to = '{{ applies_to }}'
      and decided.subject = {{ subject }}
  inner join eras
    on
      eras.shop_id = decided.shop_id
      and eras.valid_from >= decided.valid_from
      and eras.valid_from < {{ end_of('decided') }}
  {% if not loop.last %}union all{% endif %}
  {%- endfor %}
)

select
  shop_id,
  inventory_item_id,
  valid_from,
  valid_before,
  {%- for setting in settings %}
  coalesce(
    {%- for place in [1, 2, 3] %}
    max(case when setting = '{{ setting }}' and place = {{ place }} then value end)
    {%- if not loop.last %},{% endif %}
    {%- endfor %}
  ) as {{ setting }}
  {%- if not loop.last %},{% endif %}
  {%- endfor %}
from values_held
group by shop_id, inventory_item_id, valid_from, valid_before
