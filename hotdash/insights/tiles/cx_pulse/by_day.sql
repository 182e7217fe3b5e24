select
  asked.day::date as day,
  coalesce(sum(conversation.conversations), 0)::bigint as conversations,
  count(*) filter (where conversation.is_answered) as answered,
  count(*) filter (where conversation.is_breached) as breached
from generate_series(cast(:first as date), cast(:last as date), interval '1 day') as asked (day)
left join serving.current_fct_conversations as conversation
  on conversation.shop_id = :shop_id and conversation.day = asked.day::date
group by asked.day
order by asked.day desc
