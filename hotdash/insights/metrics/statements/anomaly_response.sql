select
  fact.shop_id,
  (fact.occurred_at at time zone shop.timezone)::date as day,
  1 as anomalies,
  (exists (
    select from app.decisions as decision
    where
      decision.shop_id = fact.shop_id
      and decision.action like 'seo.assignment.%'
      and decision.subject = 'page:' || (fact.metadata ->> 'landing_page')
      and decision.decided_at >= fact.occurred_at
      and decision.decided_at <= fact.occurred_at + interval '24 hours'
  ))::int as answered
from app.dashboard_facts as fact
join app.shops as shop on shop.shop_id = fact.shop_id
where
  fact.fact_type = 'ga.sessions.anomalies'
  and fact.occurred_at <= cast(:now as timestamptz) - interval '24 hours'
