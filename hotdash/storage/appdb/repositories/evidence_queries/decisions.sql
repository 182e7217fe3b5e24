-- What people decided.
select shop_id, decided_at, decision_id, scope, action, actor, subject, rationale, detail,
  request_id, external_ref, corrects, recommendation_id
from app.decisions
where decided_at >= :since and decided_at < :until
  and (cast(:shop as text) is null or shop_id = :shop)
order by decided_at, shop_id, decision_id
