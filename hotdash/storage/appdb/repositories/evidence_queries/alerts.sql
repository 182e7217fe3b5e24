-- Alerts that were open at some instant of the window.
select shop_id, alert_id, kind, check_name, severity, opened_at, resolved_at, sentence, owner, runbook
from app.alerts
where opened_at < :until and (resolved_at is null or resolved_at >= :since)
  and (cast(:shop as text) is null or shop_id = :shop)
order by opened_at, shop_id, alert_id
