select
  sum(day.gross_sales - day.discounts - day.refunds) as merchandise,
  sum(day.counted_orders)::bigint as orders,
  count(*) as days,
  sum(day.gross_sales - day.discounts - day.refunds) filter (where day.day = :last) as last_day,
  sum(day.counted_orders) filter (where day.day = :last)::bigint as last_day_orders
from serving.current_fct_revenue as day
where day.shop_id = :shop_id and day.day between :first and :last
