select coalesce(
  string_agg(
    decided.effective_from || '=' || decided.value, ','
    order by decided.effective_from, decided.decided_at
  ),
  ''
)
from app.metric_policies as decided
where decided.shop_id = :shop_id and decided.policy = 'include_taxes'
