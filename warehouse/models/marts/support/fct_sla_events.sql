with told as (
  select
    shop_id,
    conversation_id,
    event_type,
    min(created_at) as breached_at
  from {{ ref('stg_chatwoot__sla_events') }}
  where not is_deleted
  group by shop_id, conversation_id, event_type
),

under_policy as (
  select distinct
    shop_id,
    conversation_id
  from {{ ref('stg_chatwoot__applied_slas') }}
  where not is_deleted
),

conversations as (
  select
    conversations.*,
    under_policy.conversation_id is not null as is_under_policy,
    reach.reached_at
  from {{ ref('int_conversations') }} as conversations
  inner join {{ ref('int_affected_support') }} as affected
    on affected.shop_id = conversations.shop_id and affected.day = conversations.day
  inner join {{ ref('int_reach') }} as reach
    on reach.shop_id = conversations.shop_id and reach.subject = 'support'
  left join under_policy
    on
      under_policy.shop_id = conversations.shop_id
      and under_policy.conversation_id = conversations.conversation_id
),

breaches as (
  select
    conversations.shop_id,
    conversations.conversation_id,
    case told.event_type when 'frt' then 'first_reply' when 'rt' then 'resolution' else 'next_reply' end as kind,
    'chatwoot' as told_by,
    told.breached_at
  from conversations
  inner join told
    on told.shop_id = conversations.shop_id and told.conversation_id = conversations.conversation_id
  {%- for kind, due, met in [
    ('first_reply', 'first_reply_due_at', 'coalesce(first_reply_at, resolved_at)'),
    ('resolution', 'resolution_due_at', 'resolved_at'),
  ] %}
  union all
  select
    shop_id,
    conversation_id,
    '{{ kind }}' as kind,
    'promise' as told_by,
    {{ due }} as breached_at
  from conversations
  where
    not is_under_policy
    and {{ due }} < coalesce({{ met }}, reached_at)
  {%- endfor %}
)

select
  breaches.shop_id,
  conversations.day,
  breaches.conversation_id,
  breaches.kind,
  breaches.told_by,
  breaches.breached_at,
  {{ shop_local_date('breaches.breached_at', 'conversations.timezone') }} as breach_day,
  case breaches.kind
    when 'first_reply' then coalesce(conversations.first_reply_at, conversations.resolved_at)
    when 'resolution' then conversations.resolved_at
  end as met_at,
  case
    when breaches.kind = 'first_reply' and coalesce(conversations.first_reply_at, conversations.resolved_at) is not null
      then {{ whole_seconds('breaches.breached_at', 'coalesce(conversations.first_reply_at, conversations.resolved_at)') }}
    when breaches.kind = 'resolution' and conversations.resolved_at is not null
      then {{ whole_seconds('breaches.breached_at', 'conversations.resolved_at') }}
  end as late_seconds,
  conversations.timezone,
  conversations.channel,
  conversations.inbox_id,
  conversations.assignee_id,
  conversations.priority
from breaches
inner join conversations
  on
    conversations.shop_id = breaches.shop_id
    and conversations.conversation_id = breaches.conversation_id
