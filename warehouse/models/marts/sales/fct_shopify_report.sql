with sold as (
  select
    orders.shop_id,
    orders.day,
    count(*) as orders,
    sum(facts.gross_sales) as gross_sales,
    sum(facts.discounts) as discounts,
    sum(facts.shipping) as shipping,
    sum(facts.taxes) as taxes,
    sum(orders.total_duties) as duties,
    sum(orders.total_tips) as tips
  from {{ ref('int_orders') }} as orders
  inner join {{ ref('int_affected_partitions') }} as affected
    on affected.shop_id = orders.shop_id and affected.day = orders.day
  inner join {{ ref('int_order_amounts') }} as facts
    on facts.shop_id = orders.shop_id and facts.order_id = orders.order_id
  where not orders.is_test
  group by orders.shop_id, orders.day
),

given_back as (
  select
    refunds.shop_id,
    refunds.refund_day as day,
    sum(refunds.refunds) as returns,
    sum(refunds.shipping_refunds) as shipping,
    sum(refunds.tax_refunds) as taxes
  from {{ ref('fct_refunds') }} as refunds
  inner join {{ ref('int_affected_partitions') }} as affected
    on affected.shop_id = refunds.shop_id and affected.day = refunds.refund_day
  where not refunds.is_test
  group by refunds.shop_id, refunds.refund_day
),

lines as (
  select
    affected.shop_id,
    affected.day,
    coalesce(sold.orders, 0) as orders,
    coalesce(sold.gross_sales, 0) as gross_sales,
    -coalesce(sold.discounts, 0) as discounts,
    -coalesce(given_back.returns, 0) as returns,
    coalesce(sold.shipping, 0) - coalesce(given_back.shipping, 0) as shipping,
    coalesce(sold.duties, 0) as duties,
    coalesce(sold.taxes, 0) - coalesce(given_back.taxes, 0) as taxes,
    coalesce(sold.tips, 0) as tips
  from {{ ref('int_affected_partitions') }} as affected
  left join sold on sold.shop_id = affected.shop_id and sold.day = affected.day
  left join given_back on given_back.shop_id = affected.shop_id and given_back.day = affected.day
  where sold.shop_id is not null or given_back.shop_id is not null
)

select
  lines.shop_id,
  lines.day,
  shops.currency,
  cast(lines.orders as bigint) as orders,
  {{ money('lines.gross_sales') }} as gross_sales,
  {{ money('lines.discounts') }} as discounts,
  {{ money('lines.returns') }} as returns,
  {{ money('lines.gross_sales + lines.discounts + lines.returns') }} as net_sales,
  {{ money('lines.shipping') }} as shipping,
  {{ money('lines.duties') }} as duties,
  {{ money('lines.taxes') }} as taxes,
  {{ money('lines.tips') }} as tips,
  {{ money(
    'lines.gross_sales + lines.discounts + lines.returns'
    ~ ' + lines.shipping + lines.duties + lines.taxes + lines.tips'
  ) }} as total_sales
from lines
inner join {{ ref('int_shops') }} as shops on shops.shop_id = lines.shop_id
