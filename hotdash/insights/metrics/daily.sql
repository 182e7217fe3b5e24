select
  revenue.day, revenue.counted_orders, revenue.units,
  revenue.gross_sales, revenue.discounts, revenue.refunds,
  revenue.shipping, revenue.shipping_refunds, revenue.taxes, revenue.tax_refunds,
  (coalesce(policy.value, :include_taxes) = 'true')::int as include_taxes
from serving.current_fct_revenue as revenue
left join lateral (
  select decided.value from app.metric_policies as decided
  where decided.shop_id = revenue.shop_id
    and decided.policy = 'include_taxes'
    and decided.effective_from <= revenue.day
  order by decided.effective_from desc, decided.decided_at desc
  limit 1
) as policy on true
where revenue.shop_id = :shop_id
  and (revenue.day between :first and :last or revenue.day between :base_first and :base_last)
order by revenue.day
