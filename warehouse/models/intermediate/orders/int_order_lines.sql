with lines as (
  select
    lines.shop_id,
    lines.order_id,
    lines.line_id,
    orders.day,
    orders.taxes_included,
    orders.minor_unit_scale,
    lines.product_id,
    lines.variant_id,
    lines.sku,
    lines.title,
    lines.quantity,
    coalesce(lines.is_gift_card, false) as is_gift_card,
    lines.original_total,
    lines.discount_total,
    lines.tax_total,
    coalesce(lines.tax_rate, 0) as tax_rate,
    {{ without_tax('lines.original_total - lines.discount_total', 'lines.tax_total', 'orders.taxes_included') }}
      as net_sales
  from {{ ref('int_orders') }} as orders
  inner join {{ ref('int_affected_partitions') }} as affected
    on affected.shop_id = orders.shop_id and affected.day = orders.day
  inner join {{ ref('stg_shopify__order_lines') }} as lines
    on {{ same_version('lines', 'orders') }}
),

priced as (
  select
    *,
    case
      when not taxes_included then original_total
      when discount_total = 0 then net_sales
      else {{ net_of_rate('original_total', 'tax_rate', 'minor_unit_scale') }}
    end as gross_sales
  from lines
)

select
  shop_id,
  order_id,
  line_id,
  day,
  product_id,
  variant_id,
  sku,
  title,
  is_gift_card,
  quantity,
  {{ money('gross_sales') }} as gross_sales,
  {{ money('gross_sales - net_sales') }} as discounts,
  {{ money('net_sales') }} as net_sales,
  {{ money('tax_total') }} as taxes
from priced
