select
  decision.shop_id,
  (decision.decided_at at time zone shop.timezone)::date as day,
  decision.scope,
  decision.action,
  floor((decision.detail ->> 'seconds_to_decide')::numeric / 60)::bigint as minutes_to_decide
from app.decisions as decision
join app.shops as shop on shop.shop_id = decision.shop_id
where decision.detail ->> 'seconds_to_decide' ~ '^[0-9]{1,9}$'
