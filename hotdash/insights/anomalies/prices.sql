-- Variants whose mean price per unit in the window lies a tenth or more from that of the four weeks before it.
with priced as (
  select
    line.sku, line.product,
    sum(line.gross_sales) filter (where line.day >= :first) as sales,
    sum(line.units) filter (where line.day >= :first) as units,
    sum(line.gross_sales) filter (where line.day < :first) as sales_before,
    sum(line.units) filter (where line.day < :first) as units_before,
    min(line.day) filter (where line.day >= :first) as day
  from serving.current_fct_order_lines as line
  where
    line.shop_id = :shop_id and line.is_counted and line.variant_id is not null
    and line.day between cast(:first as date) - 28 and :last
  group by line.variant_id, line.sku, line.product
)
select
  priced.day, priced.sku, priced.product,
  priced.sales / priced.units as price,
  priced.sales_before / priced.units_before as price_before
from priced
where
  priced.units >= 5 and priced.units_before >= 5 and priced.sales_before > 0
  and abs(priced.sales / priced.units - priced.sales_before / priced.units_before)
    >= 0.1 * priced.sales_before / priced.units_before
order by priced.sales desc, priced.sku
limit 3
