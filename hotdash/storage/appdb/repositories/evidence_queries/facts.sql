-- What was measured about how the shop is run.
select shop_id, occurred_at, fact_id, fact_type, version, value, metadata, evidence, corrects
from app.dashboard_facts
where occurred_at >= :since and occurred_at < :until
  and (cast(:shop as text) is null or shop_id = :shop)
order by occurred_at, shop_id, fact_id
