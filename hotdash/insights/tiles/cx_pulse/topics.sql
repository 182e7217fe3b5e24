with labelled as (
  select
    conversation.conversation_id,
    conversation.is_breached,
    conversation.day between :first and :last as is_now,
    label.name
  from serving.current_fct_conversations as conversation
  cross join lateral jsonb_array_elements_text(
    case when conversation.labels like '[%' then conversation.labels::jsonb else '[]'::jsonb end
  ) as label (name)
  where
    conversation.shop_id = :shop_id
    and (
      conversation.day between :first and :last
      or conversation.day between cast(:base_first as date) and cast(:base_last as date)
    )
)
select
  name as topic,
  count(*) filter (where is_now) as conversations,
  count(*) filter (where is_now and is_breached) as breached,
  case when cast(:base_first as date) is not null then count(*) filter (where not is_now) end as before,
  count(*) over () as total
from labelled
group by name
having count(*) filter (where is_now) > 0
order by conversations desc, name
limit :most
