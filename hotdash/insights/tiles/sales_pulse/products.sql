select
  coalesce(nullif(line.product, ''), line.sku, 'Typed in by hand') as product,
  sum(line.units)::bigint as units,
  sum(line.gross_sales - line.discounts - line.refunds) as net_sales,
  count(*) over () as total
from serving.current_fct_order_lines as line
where
  line.shop_id = :shop_id
  and line.day between :first and :last
  and line.is_counted
  and line.line_id <> 0
  and not line.is_gift_card
group by 1
order by net_sales desc, product
limit :most
