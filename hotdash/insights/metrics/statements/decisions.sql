select
  decision.shop_id,
  (decision.decided_at at time zone shop.timezone)::date as day,
  decision.scope,
  decision.action,
  1 as decisions,
  told.is_approved::int as approved,
  case
    when not told.is_approved then 0
    else coalesce(of_action.value, of_shop.value, 5)
  end as minutes_saved
from app.decisions as decision
join app.shops as shop on shop.shop_id = decision.shop_id
-- Whoever assigns a page approves that somebody works on it.
cross join lateral (
  select decision.action like '%.approve' or decision.action = 'seo.assignment.create' as is_approved
) as told
left join lateral (
  select setting.value from app.operating_settings as setting
  where
    setting.shop_id = decision.shop_id
    and setting.setting = 'decision_minutes'
    and setting.applies_to = 'action'
    and setting.subject = decision.action
    and setting.effective_from <= (decision.decided_at at time zone shop.timezone)::date
  order by setting.effective_from desc, setting.decided_at desc
  limit 1
) as of_action on true
left join lateral (
  select setting.value from app.operating_settings as setting
  where
    setting.shop_id = decision.shop_id
    and setting.setting = 'decision_minutes'
    and setting.applies_to = 'shop'
    and setting.effective_from <= (decision.decided_at at time zone shop.timezone)::date
  order by setting.effective_from desc, setting.decided_at desc
  limit 1
) as of_shop on true
