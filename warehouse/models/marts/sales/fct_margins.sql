with sold as (
  select
    orders.shop_id,
    orders.day,
    count(*) as counted_orders,
    sum(case when orders.units > 0 then 1 else 0 end) as shipped_orders,
    sum(orders.gross_sales) as gross_sales,
    sum(orders.discounts) as discounts,
    sum(orders.refunds) as refunds,
    sum(orders.shipping) as shipping,
    sum(orders.shipping_refunds) as shipping_refunds
  from {{ ref('int_order_amounts') }} as orders
  inner join {{ ref('int_affected_margins') }} as affected
    on affected.shop_id = orders.shop_id and affected.day = orders.day
  where orders.is_counted
  group by orders.shop_id, orders.day
),

goods as (
  select
    lines.shop_id,
    lines.day,
    sum(lines.costed_sales) as costed_sales,
    sum(lines.cost_of_goods) as cost_of_goods,
    sum(
      case when lines.unit_cost is null then lines.gross_sales - lines.discounts - lines.refunds else 0 end
    ) as uncosted_sales
  from {{ ref('fct_order_lines') }} as lines
  inner join {{ ref('int_affected_margins') }} as affected
    on affected.shop_id = lines.shop_id and affected.day = lines.day
  where lines.is_counted and lines.line_id <> 0
  group by lines.shop_id, lines.day
),

fees as (
  select
    transactions.shop_id,
    transactions.day,
    {{ whole_sum('transactions.fees') }} as fees
  from {{ ref('fct_transactions') }} as transactions
  inner join {{ ref('int_affected_margins') }} as affected
    on affected.shop_id = transactions.shop_id and affected.day = transactions.day
  where transactions.is_counted and transactions.status = 'SUCCESS'
  group by transactions.shop_id, transactions.day
),

ads as (
  select
    spend.shop_id,
    spend.day,
    {{ whole_sum('spend.spend') }} as ad_spend
  from {{ ref('fct_ad_spend') }} as spend
  inner join {{ ref('int_affected_margins') }} as affected
    on affected.shop_id = spend.shop_id and affected.day = spend.day
  group by spend.shop_id, spend.day
),

unread as (
  select distinct
    unread.shop_id,
    unread.day
  from {{ ref('int_unread_ad_days') }} as unread
  inner join {{ ref('int_affected_margins') }} as affected
    on affected.shop_id = unread.shop_id and affected.day = unread.day
)

select
  affected.shop_id,
  affected.day,
  shops.currency,
  cast(coalesce(sold.counted_orders, 0) as bigint) as counted_orders,
  {{ money('coalesce(sold.gross_sales, 0)') }} as gross_sales,
  {{ money('coalesce(sold.discounts, 0)') }} as discounts,
  {{ money('coalesce(sold.refunds, 0)') }} as refunds,
  {{ money('coalesce(sold.shipping, 0)') }} as shipping,
  {{ money('coalesce(sold.shipping_refunds, 0)') }} as shipping_refunds,
  {{ money('coalesce(goods.costed_sales, 0)') }} as costed_sales,
  {{ money('coalesce(goods.uncosted_sales, 0)') }} as uncosted_sales,
  {{ money('coalesce(goods.cost_of_goods, 0)') }} as cost_of_goods,
  {{ money(
    'coalesce(' ~ cast_or_null('shipping_costs.value', 'numeric(20,4)') ~ ' * sold.shipped_orders,'
    ~ ' sold.shipping - sold.shipping_refunds, 0)'
  ) }} as shipping_cost,
  {{ money('case when fees.shop_id is null then 0 else fees.fees end') }} as fees,
  {{ money('case when unread.shop_id is not null then null when ads.shop_id is null then 0 else ads.ad_spend end') }} as ad_spend
from {{ ref('int_affected_margins') }} as affected
inner join {{ ref('int_shops') }} as shops on shops.shop_id = affected.shop_id
{%- for part in ['sold', 'goods', 'fees', 'ads', 'unread'] %}
left join {{ part }} on {{ part }}.shop_id = affected.shop_id and {{ part }}.day = affected.day
{%- endfor %}
left join {{ ref('int_policy_periods') }} as shipping_costs
  on
    shipping_costs.shop_id = affected.shop_id
    and shipping_costs.policy = 'shipping_cost_per_order'
    and affected.day >= shipping_costs.valid_from
    and affected.day < {{ end_of('shipping_costs') }}
where sold.shop_id is not null or ads.shop_id is not null or unread.shop_id is not null
