-- One row per conversation that is open and past a promise, by the promise that was broken first.
with waiting as (
  select distinct on (event.conversation_id)
    event.conversation_id, event.kind, event.channel, event.priority, event.breached_at
  from serving.current_fct_sla_events as event
  join serving.current_fct_conversations as conversation
    on conversation.shop_id = event.shop_id and conversation.conversation_id = event.conversation_id
  where event.shop_id = :shop_id and event.met_at is null and conversation.status <> 'resolved'
  order by event.conversation_id, event.breached_at
)
select
  waiting.conversation_id,
  waiting.kind,
  waiting.channel,
  waiting.priority,
  waiting.breached_at,
  greatest(floor(extract(epoch from cast(:known_at as timestamptz) - waiting.breached_at) / 60), 0)::bigint as late,
  count(*) over () as total
from waiting
order by waiting.breached_at, waiting.conversation_id
limit :most
