select
  waiting.shop_id,
  waiting.day,
  waiting.kind,
  1 as open_past_sla
from (
  select distinct on (event.shop_id, event.conversation_id)
    event.shop_id,
    event.conversation_id,
    event.kind,
    event.breach_day as day
  from serving.current_fct_sla_events as event
  join serving.current_fct_conversations as conversation
    on conversation.shop_id = event.shop_id and conversation.conversation_id = event.conversation_id
  where event.met_at is null and conversation.status <> 'resolved'
  order by event.shop_id, event.conversation_id, event.breached_at
) as waiting
