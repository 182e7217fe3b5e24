with by_order_day as (
  select
    orders.shop_id,
    orders.day,
    count(*) as counted_orders,
    sum(orders.units) as units,
    sum(orders.gross_sales) as gross_sales,
    sum(orders.discounts) as discounts,
    sum(orders.refunds) as refunds,
    sum(orders.shipping) as shipping,
    sum(orders.shipping_refunds) as shipping_refunds,
    sum(orders.taxes) as taxes,
    sum(orders.tax_refunds) as tax_refunds
  from {{ ref('int_order_amounts') }} as orders
  inner join {{ ref('int_affected_partitions') }} as affected
    on affected.shop_id = orders.shop_id and affected.day = orders.day
  where orders.is_counted
  group by orders.shop_id, orders.day
),

by_refund_day as (
  select
    refunds.shop_id,
    refunds.refund_day as day,
    sum(refunds.refunds) as refunds,
    sum(refunds.shipping_refunds) as shipping_refunds,
    sum(refunds.tax_refunds) as tax_refunds
  from {{ ref('fct_refunds') }} as refunds
  inner join {{ ref('int_affected_partitions') }} as affected
    on affected.shop_id = refunds.shop_id and affected.day = refunds.refund_day
  where refunds.is_counted
  group by refunds.shop_id, refunds.refund_day
)

select
  affected.shop_id,
  affected.day,
  shops.currency,
  cast(coalesce(by_order_day.counted_orders, 0) as bigint) as counted_orders,
  {{ count_of('coalesce(by_order_day.units, 0)') }} as units,
  {{ money('coalesce(by_order_day.gross_sales, 0)') }} as gross_sales,
  {{ money('coalesce(by_order_day.discounts, 0)') }} as discounts,
  {{ money('coalesce(by_order_day.refunds, 0)') }} as refunds,
  {{ money('coalesce(by_order_day.shipping, 0)') }} as shipping,
  {{ money('coalesce(by_order_day.shipping_refunds, 0)') }} as shipping_refunds,
  {{ money('coalesce(by_order_day.taxes, 0)') }} as taxes,
  {{ money('coalesce(by_order_day.tax_refunds, 0)') }} as tax_refunds,
  {{ money('coalesce(by_refund_day.refunds, 0)') }} as refunds_by_refund_day,
  {{ money('coalesce(by_refund_day.shipping_refunds, 0)') }} as shipping_refunds_by_refund_day,
  {{ money('coalesce(by_refund_day.tax_refunds, 0)') }} as tax_refunds_by_refund_day
from {{ ref('int_affected_partitions') }} as affected
inner join {{ ref('int_shops') }} as shops on shops.shop_id = affected.shop_id
left join by_order_day
  on by_order_day.shop_id = affected.shop_id and by_order_day.day = affected.day
left join by_refund_day
  on by_refund_day.shop_id = affected.shop_id and by_refund_day.day = affected.day
where by_order_day.shop_id is not null or by_refund_day.shop_id is not null
