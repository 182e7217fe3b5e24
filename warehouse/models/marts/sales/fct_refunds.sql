with affected_orders as (
  select orders.*
  from {{ ref('int_orders') }} as orders
  inner join {{ ref('int_affected_partitions') }} as affected
    on affected.shop_id = orders.shop_id and affected.day = orders.day
),

line_sums as (
  select
    refund_lines.shop_id,
    refund_lines.order_id,
    refund_lines.refund_id,
    sum(case when coalesce(lines.is_gift_card, false) then 0 else refund_lines.subtotal end) as subtotal,
    sum(case when coalesce(lines.is_gift_card, false) then 0 else refund_lines.total_tax end) as merchandise_tax,
    sum(refund_lines.total_tax) as tax
  from affected_orders as orders
  inner join {{ ref('stg_shopify__refund_lines') }} as refund_lines
    on {{ same_version('refund_lines', 'orders') }}
  left join {{ ref('int_order_lines') }} as lines
    on
      lines.shop_id = refund_lines.shop_id
      and lines.order_id = refund_lines.order_id
      and lines.line_id = refund_lines.line_id
  group by refund_lines.shop_id, refund_lines.order_id, refund_lines.refund_id
),

shipping_sums as (
  select
    shipping.shop_id,
    shipping.order_id,
    shipping.refund_id,
    sum(shipping.subtotal) as subtotal,
    sum(shipping.tax_amount) as tax
  from affected_orders as orders
  inner join {{ ref('stg_shopify__refund_shipping_lines') }} as shipping
    on {{ same_version('shipping', 'orders') }}
  group by shipping.shop_id, shipping.order_id, shipping.refund_id
),

adjustment_sums as (
  select
    adjustments.shop_id,
    adjustments.order_id,
    adjustments.refund_id,
    -sum(adjustments.amount) as amount,
    -sum(adjustments.tax_amount) as tax
  from affected_orders as orders
  inner join {{ ref('stg_shopify__order_adjustments') }} as adjustments
    on {{ same_version('adjustments', 'orders') }}
  group by adjustments.shop_id, adjustments.order_id, adjustments.refund_id
),

amounts as (
  select
    refunds.shop_id,
    refunds.order_id,
    refunds.refund_id,
    orders.day,
    coalesce(refunds.processed_at, refunds.created_at) as refunded_at,
    orders.currency,
    orders.is_test,
    orders.is_counted,
    orders.taxes_included,
    coalesce(line_sums.subtotal, 0) as line_subtotal,
    coalesce(line_sums.merchandise_tax, 0) as merchandise_tax,
    coalesce(adjustment_sums.amount, 0) as adjustment,
    coalesce(shipping_sums.subtotal, 0) as shipping_subtotal,
    coalesce(shipping_sums.tax, 0) as shipping_tax,
    coalesce(line_sums.tax, 0) + coalesce(shipping_sums.tax, 0) + coalesce(adjustment_sums.tax, 0) as tax
  from affected_orders as orders
  inner join {{ ref('stg_shopify__refunds') }} as refunds on {{ same_version('refunds', 'orders') }}
  {%- for sums in ['line_sums', 'shipping_sums', 'adjustment_sums'] %}
  left join {{ sums }}
    on
      {{ sums }}.shop_id = refunds.shop_id
      and {{ sums }}.order_id = refunds.order_id
      and {{ sums }}.refund_id = refunds.refund_id
  {%- endfor %}
)

select
  amounts.shop_id,
  amounts.order_id,
  amounts.refund_id,
  amounts.day,
  amounts.refunded_at,
  {{ shop_local_date('amounts.refunded_at', 'shops.timezone') }} as refund_day,
  amounts.currency,
  amounts.is_test,
  amounts.is_counted,
  {{ money(
    without_tax('amounts.line_subtotal', 'amounts.merchandise_tax', 'amounts.taxes_included')
    ~ ' + amounts.adjustment'
  ) }} as refunds,
  {{ without_tax('amounts.shipping_subtotal', 'amounts.shipping_tax', 'amounts.taxes_included') }} as shipping_refunds,
  {{ money('amounts.tax') }} as tax_refunds
from amounts
inner join {{ ref('int_shops') }} as shops on shops.shop_id = amounts.shop_id
