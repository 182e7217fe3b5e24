select decided.value::int as days
from app.metric_policies as decided
where
  decided.shop_id = :shop_id
  and decided.policy = 'attribution_click_days'
  and decided.effective_from <= :last
order by decided.effective_from desc, decided.decided_at desc
limit 1
