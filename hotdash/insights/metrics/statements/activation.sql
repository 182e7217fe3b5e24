select
  opened.shop_id,
  opened.day,
  1 as shops_started,
  (exists (
    select from app.decisions as decision
    where
      decision.shop_id = opened.shop_id
      and decision.scope = 'ops'
      and (decision.action like '%.approve' or decision.action = 'seo.assignment.create')
      and decision.decided_at >= opened.first_at
      and decision.decided_at < opened.first_at + interval '7 days'
  ))::int as shops_activated
from (
  select
    fact.shop_id,
    min(fact.occurred_at) as first_at,
    (min(fact.occurred_at) at time zone shop.timezone)::date as day
  from app.dashboard_facts as fact
  join app.shops as shop on shop.shop_id = fact.shop_id
  where fact.fact_type = 'dashboard.session.opened'
  group by fact.shop_id, shop.timezone
) as opened
where opened.first_at <= cast(:now as timestamptz) - interval '7 days'
