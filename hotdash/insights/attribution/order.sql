select
  orders.order_id, orders.day, orders.processed_at, orders.currency, orders.is_counted,
  coalesce((
    select decided.value from app.metric_policies as decided
    where decided.shop_id = orders.shop_id
      and decided.policy = 'attribution_click_days' and decided.effective_from <= orders.day
    order by decided.effective_from desc, decided.decided_at desc
    limit 1
  ), '7') as click_days,
  coalesce((
    select decided.value from app.metric_policies as decided
    where decided.shop_id = orders.shop_id
      and decided.policy = 'attribution_lookback_days' and decided.effective_from <= orders.day
    order by decided.effective_from desc, decided.decided_at desc
    limit 1
  ), '30') as lookback_days
from serving.current_fct_orders as orders
where orders.shop_id = :shop_id and orders.order_id = :order_id
