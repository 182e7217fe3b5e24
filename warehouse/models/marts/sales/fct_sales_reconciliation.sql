{%- set lines = ['orders', 'gross_sales', 'discounts', 'returns', 'net_sales', 'shipping', 'taxes', 'total_sales'] -%}
with touching as (
  select shop_id, order_id, day from {{ ref('int_orders') }}
  union
  select shop_id, order_id, refund_day from {{ ref('fct_refunds') }}
),

read_last as (
  select
    touching.shop_id,
    touching.day,
    max(orders.fetched_at) as orders_read_at
  from touching
  inner join {{ ref('int_affected_report_days') }} as affected
    on affected.shop_id = touching.shop_id and affected.day = touching.day
  inner join {{ ref('int_orders') }} as orders
    on orders.shop_id = touching.shop_id and orders.order_id = touching.order_id
  group by touching.shop_id, touching.day
),

moved as (
  select
    versions.shop_id,
    max(loads.committed_at) as moved_after
  from {{ ref('stg_shopify__shops') }} as versions
  inner join {{ ref('stg_hotdash__committed_loads') }} as loads on loads.load_id = versions.load_id
  inner join {{ ref('int_shops') }} as shops
    on shops.shop_id = versions.shop_id and shops.told_timezone <> versions.iana_timezone
  group by versions.shop_id
),

compared as (
  select
    told.shop_id,
    told.day,
    told.fetched_at,
    read_last.orders_read_at,
    moved.moved_after,
    coalesce(ours.duties, 0) + coalesce(ours.tips, 0) as duties_and_tips
    {%- for line in lines %},
    coalesce(ours.{{ line }}, 0) as our_{{ line }},
    told.{{ line }} as their_{{ line }}
    {%- endfor %}
  from {{ ref('stg_shopify__sales_report_days') }} as told
  inner join {{ ref('int_affected_report_days') }} as affected
    on affected.shop_id = told.shop_id and affected.day = told.day
  left join {{ ref('fct_shopify_report') }} as ours
    on ours.shop_id = told.shop_id and ours.day = told.day
  left join read_last on read_last.shop_id = told.shop_id and read_last.day = told.day
  left join moved on moved.shop_id = told.shop_id
),

told_lines as (
  {%- for line in lines %}
  select
    shop_id,
    day,
    fetched_at,
    orders_read_at,
    moved_after,
    duties_and_tips,
    '{{ line }}' as line,
    our_{{ line }} as ours,
    their_{{ line }} as theirs
  from compared
  {% if not loop.last %}union all{% endif %}
  {%- endfor %}
)

select
  told_lines.shop_id,
  told_lines.day,
  told_lines.line,
  shops.currency,
  {{ money('told_lines.ours') }} as ours,
  {{ money('told_lines.theirs') }} as theirs,
  {{ money('told_lines.ours - told_lines.theirs') }} as difference,
  case
    when told_lines.ours = told_lines.theirs then 'None: they agree.'
    when told_lines.fetched_at <= told_lines.moved_after
      then 'Shopify''s report was read while the shop was in another timezone.'
    when told_lines.fetched_at < told_lines.orders_read_at
      then 'Orders of the day were read after Shopify''s report; its next reading settles it.'
    when told_lines.line = 'total_sales' and told_lines.ours - told_lines.theirs = told_lines.duties_and_tips
      then 'Our total holds the day''s duties and tips, Shopify''s does not.'
    else 'Not explained.'
  end as explanation
from told_lines
inner join {{ ref('int_shops') }} as shops on shops.shop_id = told_lines.shop_id
