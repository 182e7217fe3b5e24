with affected_orders as (
  select orders.*
  from {{ ref('int_orders') }} as orders
  inner join {{ ref('int_affected_lines') }} as affected
    on affected.shop_id = orders.shop_id and affected.day = orders.day
),

lines as (
  select lines.*
  from {{ ref('int_order_lines') }} as lines
  inner join {{ ref('int_affected_lines') }} as affected
    on affected.shop_id = lines.shop_id and affected.day = lines.day
),

given_back as (
  select
    refund_lines.shop_id,
    refund_lines.order_id,
    coalesce(lines.line_id, 0) as line_id,
    sum(case when lines.is_gift_card then 0 else refund_lines.subtotal end) as subtotal,
    sum(case when lines.is_gift_card then 0 else refund_lines.total_tax end) as merchandise_tax,
    sum(refund_lines.total_tax) as tax,
    sum(
      case when refund_lines.restock_type in ('RETURN', 'CANCEL', 'LEGACY_RESTOCK') then refund_lines.quantity else 0 end
    ) as restocked
  from affected_orders as orders
  inner join {{ ref('stg_shopify__refunds') }} as refunds on {{ same_version('refunds', 'orders') }}
  inner join {{ ref('stg_shopify__refund_lines') }} as refund_lines
    on {{ same_version('refund_lines', 'orders') }} and refund_lines.refund_id = refunds.refund_id
  left join lines
    on
      lines.shop_id = refund_lines.shop_id
      and lines.order_id = refund_lines.order_id
      and lines.line_id = refund_lines.line_id
  group by refund_lines.shop_id, refund_lines.order_id, coalesce(lines.line_id, 0)
),

goodwill as (
  select
    orders.shop_id,
    orders.order_id,
    -sum(adjustments.amount) as amount,
    -sum(adjustments.tax_amount) as tax
  from affected_orders as orders
  inner join {{ ref('stg_shopify__refunds') }} as refunds on {{ same_version('refunds', 'orders') }}
  inner join {{ ref('stg_shopify__order_adjustments') }} as adjustments
    on {{ same_version('adjustments', 'orders') }} and adjustments.refund_id = refunds.refund_id
  group by orders.shop_id, orders.order_id
),

shipping as (
  select
    orders.shop_id,
    orders.order_id,
    sum({{ without_tax('shipping.discounted_amount', 'shipping.tax_total', 'orders.taxes_included') }}) as amount,
    sum(shipping.tax_total) as tax
  from affected_orders as orders
  inner join {{ ref('stg_shopify__order_shipping_lines') }} as shipping
    on {{ same_version('shipping', 'orders') }}
  where not coalesce(shipping.is_removed, false)
  group by orders.shop_id, orders.order_id
),

shipping_back as (
  select
    orders.shop_id,
    orders.order_id,
    sum({{ without_tax('shipping.subtotal', 'shipping.tax_amount', 'orders.taxes_included') }}) as amount,
    sum(shipping.tax_amount) as tax
  from affected_orders as orders
  inner join {{ ref('stg_shopify__refunds') }} as refunds on {{ same_version('refunds', 'orders') }}
  inner join {{ ref('stg_shopify__refund_shipping_lines') }} as shipping
    on {{ same_version('shipping', 'orders') }} and shipping.refund_id = refunds.refund_id
  group by orders.shop_id, orders.order_id
),

rests as (
  select
    orders.*,
    coalesce(given_back.subtotal, 0) as subtotal,
    coalesce(given_back.merchandise_tax, 0) as merchandise_tax,
    coalesce(goodwill.amount, 0) as goodwill,
    coalesce(shipping.amount, 0) as shipping,
    coalesce(shipping_back.amount, 0) as shipping_refunds,
    coalesce(shipping.tax, 0) as taxes,
    coalesce(given_back.tax, 0) + coalesce(goodwill.tax, 0) + coalesce(shipping_back.tax, 0) as tax_refunds
  from affected_orders as orders
  left join given_back
    on
      given_back.shop_id = orders.shop_id
      and given_back.order_id = orders.order_id
      and given_back.line_id = 0
  {%- for sums in ['goodwill', 'shipping', 'shipping_back'] %}
  left join {{ sums }}
    on {{ sums }}.shop_id = orders.shop_id and {{ sums }}.order_id = orders.order_id
  {%- endfor %}
),

pieces as (
  select
    lines.shop_id,
    lines.order_id,
    lines.line_id,
    lines.day,
    orders.currency,
    orders.is_counted,
    lines.is_gift_card,
    lines.product_id,
    lines.variant_id,
    lines.sku,
    coalesce(products.title, lines.title) as product,
    case when lines.is_gift_card then 'Gift cards' else coalesce(products.category, 'Other') end as category,
    case when lines.is_gift_card then 0 else lines.quantity end as units,
    case when lines.is_gift_card then 0 else lines.gross_sales end as gross_sales,
    case when lines.is_gift_card then 0 else lines.discounts end as discounts,
    {{ without_tax('coalesce(given_back.subtotal, 0)', 'coalesce(given_back.merchandise_tax, 0)', 'orders.taxes_included') }}
      as refunds,
    lines.taxes,
    coalesce(given_back.tax, 0) as tax_refunds,
    case when not lines.is_gift_card then costs.unit_cost end as unit_cost,
    lines.quantity - coalesce(given_back.restocked, 0) as units_gone
  from lines
  inner join affected_orders as orders
    on orders.shop_id = lines.shop_id and orders.order_id = lines.order_id
  left join given_back
    on
      given_back.shop_id = lines.shop_id
      and given_back.order_id = lines.order_id
      and given_back.line_id = lines.line_id
  left join {{ ref('dim_products') }} as products
    on products.shop_id = lines.shop_id and products.product_id = lines.product_id
  left join {{ ref('int_variant_costs') }} as costs
    on
      costs.shop_id = lines.shop_id
      and costs.variant_id = lines.variant_id
      and lines.day >= costs.valid_from
      and lines.day < {{ end_of('costs') }}
)

select
  shop_id,
  order_id,
  line_id,
  day,
  currency,
  is_counted,
  is_gift_card,
  product_id,
  variant_id,
  sku,
  product,
  category,
  {{ count_of('units') }} as units,
  {{ money('gross_sales') }} as gross_sales,
  {{ money('discounts') }} as discounts,
  refunds,
  {{ money('0') }} as shipping,
  {{ money('0') }} as shipping_refunds,
  {{ money('taxes') }} as taxes,
  {{ money('tax_refunds') }} as tax_refunds,
  {{ money('unit_cost') }} as unit_cost,
  {{ money('case when unit_cost is null then 0 else unit_cost * units_gone end') }} as cost_of_goods,
  {{ money('case when unit_cost is null then 0 else gross_sales - discounts - refunds end') }} as costed_sales
from pieces

union all

select
  shop_id,
  order_id,
  0 as line_id,
  day,
  currency,
  is_counted,
  false as is_gift_card,
  cast(null as bigint) as product_id,
  cast(null as bigint) as variant_id,
  cast(null as text) as sku,
  'Shipping and goodwill' as product,
  'Shipping and goodwill' as category,
  cast(0 as bigint) as units,
  {{ money('0') }} as gross_sales,
  {{ money('0') }} as discounts,
  {{ money(without_tax('subtotal', 'merchandise_tax', 'taxes_included') ~ ' + goodwill') }} as refunds,
  {{ money('shipping') }} as shipping,
  {{ money('shipping_refunds') }} as shipping_refunds,
  {{ money('taxes') }} as taxes,
  {{ money('tax_refunds') }} as tax_refunds,
  cast(null as numeric(20,4)) as unit_cost,
  {{ money('0') }} as cost_of_goods,
  {{ money('0') }} as costed_sales
from rests
