select
  coalesce(nullif(line.product, ''), line.sku, 'Typed in by hand') as product,
  sum(line.refunds) as refunds,
  sum(line.gross_sales - line.discounts) as sold,
  count(*) over () as total
from serving.current_fct_order_lines as line
where
  line.shop_id = :shop_id
  and line.day between :first and :last
  and line.is_counted
  and not line.is_gift_card
group by 1
having sum(line.refunds) > 0
order by refunds desc, product
limit :most
