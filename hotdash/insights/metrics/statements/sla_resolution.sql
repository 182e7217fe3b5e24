select
  breach.shop_id,
  breach.breach_day as day,
  breach.kind,
  floor(extract(epoch from reply.decided_at - breach.breached_at) / 60)::bigint as minutes_to_reply
from serving.current_fct_sla_events as breach
cross join lateral (
  select min(decision.decided_at) as decided_at
  from app.decisions as decision
  where
    decision.shop_id = breach.shop_id
    and decision.action like 'chatwoot.reply.%'
    and (
      decision.subject = 'conversation:' || breach.conversation_id
      -- One answer may be about several conversations.
      or decision.detail -> 'subjects' @> to_jsonb('conversation:' || breach.conversation_id)
    )
    and decision.decided_at >= breach.breached_at
) as reply
where reply.decided_at is not null
