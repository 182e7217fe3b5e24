select decided.shop_id, decided.policy, decided.effective_from, decided.value
from app.metric_policies as decided
where decided.shop_id = any(cast(:shop_ids as text[]))
order by decided.shop_id, decided.policy, decided.effective_from, decided.decided_at
