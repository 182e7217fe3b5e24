select
  fact.fact_type,
  count(*) as facts,
  max(fact.occurred_at) as newest,
  count(*) over () as total
from app.dashboard_facts as fact
where
  fact.shop_id = :shop_id
  and fact.occurred_at > cast(:now as timestamptz) - interval '7 days'
  and fact.occurred_at <= :now
group by fact.fact_type
order by fact.fact_type
limit :most
