with line_sums as (
  select
    lines.shop_id,
    lines.order_id,
    sum(case when lines.is_gift_card then 0 else lines.quantity end) as units,
    sum(case when lines.is_gift_card then 0 else lines.gross_sales end) as gross_sales,
    sum(case when lines.is_gift_card then 0 else lines.discounts end) as discounts,
    sum(lines.taxes) as taxes
  from {{ ref('int_order_lines') }} as lines
  inner join {{ ref('int_affected_partitions') }} as affected
    on affected.shop_id = lines.shop_id and affected.day = lines.day
  group by lines.shop_id, lines.order_id
),

shipping_sums as (
  select
    orders.shop_id,
    orders.order_id,
    sum({{ without_tax('shipping.discounted_amount', 'shipping.tax_total', 'orders.taxes_included') }}) as shipping,
    sum(shipping.tax_total) as taxes
  from {{ ref('int_orders') }} as orders
  inner join {{ ref('int_affected_partitions') }} as affected
    on affected.shop_id = orders.shop_id and affected.day = orders.day
  inner join {{ ref('stg_shopify__order_shipping_lines') }} as shipping
    on {{ same_version('shipping', 'orders') }}
  where not coalesce(shipping.is_removed, false)
  group by orders.shop_id, orders.order_id
),

refund_sums as (
  select
    refunds.shop_id,
    refunds.order_id,
    sum(refunds.refunds) as refunds,
    sum(refunds.shipping_refunds) as shipping_refunds,
    sum(refunds.tax_refunds) as tax_refunds
  from {{ ref('fct_refunds') }} as refunds
  inner join {{ ref('int_affected_partitions') }} as affected
    on affected.shop_id = refunds.shop_id and affected.day = refunds.day
  group by refunds.shop_id, refunds.order_id
)

select
  orders.shop_id,
  orders.order_id,
  orders.day,
  orders.is_counted,
  {{ count_of('coalesce(line_sums.units, 0)') }} as units,
  {{ money('coalesce(line_sums.gross_sales, 0)') }} as gross_sales,
  {{ money('coalesce(line_sums.discounts, 0)') }} as discounts,
  {{ money('coalesce(refund_sums.refunds, 0)') }} as refunds,
  {{ money('coalesce(shipping_sums.shipping, 0)') }} as shipping,
  {{ money('coalesce(refund_sums.shipping_refunds, 0)') }} as shipping_refunds,
  {{ money('coalesce(line_sums.taxes, 0) + coalesce(shipping_sums.taxes, 0)') }} as taxes,
  {{ money('coalesce(refund_sums.tax_refunds, 0)') }} as tax_refunds
from {{ ref('int_orders') }} as orders
inner join {{ ref('int_affected_partitions') }} as affected
  on affected.shop_id = orders.shop_id and affected.day = orders.day
left join line_sums
  on line_sums.shop_id = orders.shop_id and line_sums.order_id = orders.order_id
left join shipping_sums
  on shipping_sums.shop_id = orders.shop_id and shipping_sums.order_id = orders.order_id
left join refund_sums
  on refund_sums.shop_id = orders.shop_id and refund_sums.order_id = orders.order_id
