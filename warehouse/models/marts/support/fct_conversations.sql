with ratings as (
  {{ newest_version(ref('stg_chatwoot__csat'), 'conversation_id, csat_id') }}
),

rating_sums as (
  select
    shop_id,
    conversation_id,
    count(*) as ratings,
    sum(case when rating >= 4 then 1 else 0 end) as satisfied_ratings,
    sum(rating) as rating_points
  from ratings
  group by shop_id, conversation_id
),

breaches as (
  select
    shop_id,
    conversation_id,
    max(case when kind = 'first_reply' then 1 else 0 end) as first_reply,
    max(case when kind = 'resolution' then 1 else 0 end) as resolution
  from {{ ref('fct_sla_events') }}
  group by shop_id, conversation_id
),

under_policy as (
  select distinct
    shop_id,
    conversation_id
  from {{ ref('stg_chatwoot__applied_slas') }}
  where not is_deleted
)

select
  conversations.shop_id,
  conversations.day,
  conversations.conversation_id,
  conversations.timezone,
  conversations.channel,
  conversations.inbox_id,
  conversations.assignee_id,
  conversations.team_id,
  case
    when conversations.contact_id is not null
      then md5(conversations.shop_id || chr(31) || 'contact' || chr(31) || cast(conversations.contact_id as text))
  end as contact_key,
  conversations.priority,
  conversations.status,
  conversations.labels,
  conversations.opened_at,
  conversations.waiting_since,
  conversations.first_reply_at,
  conversations.first_reply_due_at,
  conversations.resolved_at,
  conversations.resolution_basis,
  conversations.resolution_due_at,
  {%- for name, seconds in [
    ('first_reply', whole_seconds('conversations.opened_at', 'conversations.first_reply_at')),
    ('first_reply_business', 'conversations.first_reply_business_seconds'),
    ('resolution', whole_seconds('conversations.opened_at', 'conversations.resolved_at')),
    ('resolution_business', 'conversations.resolution_business_seconds'),
  ] %}
  {{ seconds }} as {{ name }}_seconds,
  {{ count_of(integer_quotient(seconds, '60')) }} as {{ name }}_minutes,
  {%- endfor %}
  {{ count_of('conversations.customer_messages') }} as customer_messages,
  {{ count_of('conversations.agent_messages') }} as agent_messages,
  cast(1 as bigint) as conversations,
  conversations.is_asked,
  conversations.is_answered,
  conversations.resolved_at is not null as is_resolved,
  under_policy.conversation_id is not null
  or conversations.first_reply_due_at is not null
  or conversations.resolution_due_at is not null as is_promised,
  breaches.conversation_id is not null as is_breached,
  coalesce(breaches.first_reply, 0) = 1 as is_first_reply_breached,
  coalesce(breaches.resolution, 0) = 1 as is_resolution_breached,
  {{ count_of('coalesce(rating_sums.ratings, 0)') }} as ratings,
  {{ count_of('coalesce(rating_sums.satisfied_ratings, 0)') }} as satisfied_ratings,
  {{ count_of('coalesce(rating_sums.rating_points, 0)') }} as rating_points
from {{ ref('int_conversations') }} as conversations
inner join {{ ref('int_affected_support') }} as affected
  on affected.shop_id = conversations.shop_id and affected.day = conversations.day
left join rating_sums
  on
    rating_sums.shop_id = conversations.shop_id
    and rating_sums.conversation_id = conversations.conversation_id
left join breaches
  on
    breaches.shop_id = conversations.shop_id
    and breaches.conversation_id = conversations.conversation_id
left join under_policy
  on
    under_policy.shop_id = conversations.shop_id
    and under_policy.conversation_id = conversations.conversation_id
