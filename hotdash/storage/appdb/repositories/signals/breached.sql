select distinct on (breach.conversation_id)
  breach.conversation_id, breach.kind, breach.breached_at, talk.opened_at, talk.priority
from serving.current_fct_sla_events as breach
join serving.current_fct_conversations as talk
  on talk.shop_id = breach.shop_id and talk.conversation_id = breach.conversation_id
where
  breach.shop_id = :shop_id
  and breach.conversation_id = any(cast(:conversations as bigint[]))
order by breach.conversation_id, breach.breached_at
