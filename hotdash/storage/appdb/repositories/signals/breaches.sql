select
  breach.conversation_id, breach.kind, breach.breached_at, talk.opened_at, talk.priority
from serving.current_fct_sla_events as breach
join serving.current_fct_conversations as talk
  on talk.shop_id = breach.shop_id and talk.conversation_id = breach.conversation_id
-- As the metric open_past_sla: put aside is not made good.
where breach.shop_id = :shop_id and breach.met_at is null and talk.status <> 'resolved'
order by breach.breached_at, breach.conversation_id, breach.kind
