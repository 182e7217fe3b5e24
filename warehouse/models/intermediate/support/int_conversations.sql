with newest as (
  {{ newest_version(ref('stg_chatwoot__conversations'), 'conversation_id', 'updated_at') }}
),

{#- Materialized, or the day would be looked for among every pair of a conversation and a day. -#}
dated as materialized (
  select
    newest.*,
    {{ shop_local_date('newest.created_at', 'shops.timezone') }} as day,
    shops.timezone as shop_timezone
  from newest
  inner join {{ ref('int_shops') }} as shops on shops.shop_id = newest.shop_id
),

conversations as (
  select dated.*
  from dated
  inner join {{ ref('int_affected_support') }} as affected
    on affected.shop_id = dated.shop_id and affected.day = dated.day
),

said as (
  select
    conversations.shop_id,
    conversations.conversation_id,
    min(case when messages.message_type = 'incoming' then messages.created_at end) as asked_at,
    sum(case when messages.message_type = 'incoming' then 1 else 0 end) as customer_messages,
    sum(
      case when messages.message_type = 'outgoing' and not coalesce(messages.is_private, false) then 1 else 0 end
    ) as agent_messages
  from conversations
  inner join {{ ref('stg_chatwoot__messages') }} as messages
    on
      messages.shop_id = conversations.shop_id
      and messages.conversation_id = conversations.conversation_id
      and messages.load_id = conversations.load_id
      and messages.fetched_at = conversations.fetched_at
  where not messages.is_deleted
  group by conversations.shop_id, conversations.conversation_id
),

resolutions as (
  select
    conversations.shop_id,
    conversations.conversation_id,
    max(events.ended_at) as resolved_at
  from conversations
  inner join {{ ref('stg_chatwoot__reporting_events') }} as events
    on
      events.shop_id = conversations.shop_id
      and events.conversation_id = conversations.conversation_id
      and events.load_id = conversations.load_id
      and events.fetched_at = conversations.fetched_at
  where not events.is_deleted and events.event_name = 'conversation_resolved'
  group by conversations.shop_id, conversations.conversation_id
),

instants as (
  select
    conversations.shop_id,
    conversations.conversation_id,
    conversations.day,
    conversations.shop_timezone,
    conversations.created_at as opened_at,
    conversations.channel,
    conversations.inbox_id,
    conversations.assignee_id,
    conversations.team_id,
    conversations.priority,
    conversations.status,
    conversations.labels,
    conversations.contact_id,
    conversations.waiting_since,
    coalesce(said.asked_at <= conversations.first_reply_created_at, false) as is_answered,
    said.asked_at is not null
    and (conversations.first_reply_created_at is null or said.asked_at <= conversations.first_reply_created_at)
      as is_asked,
    case when said.asked_at <= conversations.first_reply_created_at then conversations.first_reply_created_at end
      as first_reply_at,
    case
      when conversations.status = 'resolved'
        then coalesce(resolutions.resolved_at, conversations.last_activity_at)
    end as resolved_at,
    case
      when conversations.status <> 'resolved' then null
      when resolutions.resolved_at is not null then 'event'
      else 'last_activity'
    end as resolution_basis,
    coalesce(said.customer_messages, 0) as customer_messages,
    coalesce(said.agent_messages, 0) as agent_messages
  from conversations
  left join said
    on said.shop_id = conversations.shop_id and said.conversation_id = conversations.conversation_id
  left join resolutions
    on
      resolutions.shop_id = conversations.shop_id
      and resolutions.conversation_id = conversations.conversation_id
),

hours as (
  select distinct
    shop_id,
    valid_from,
    valid_before,
    timezone,
    first_reply_seconds,
    resolution_seconds
  from {{ ref('int_support_days') }}
),

promised as (
  select
    instants.*,
    hours.valid_from as hours_from,
    hours.first_reply_seconds as first_reply_promise,
    hours.resolution_seconds as resolution_promise,
    {{ shop_local_date('instants.opened_at', 'hours.timezone') }} as opened_day,
    {{ shop_local_date('instants.first_reply_at', 'hours.timezone') }} as replied_day,
    {{ shop_local_date('instants.resolved_at', 'hours.timezone') }} as resolved_day
  from instants
  left join hours
    on
      hours.shop_id = instants.shop_id
      and instants.day >= hours.valid_from
      and instants.day < {{ end_of('hours') }}
),

{#- Working time until an instant, by the hours in force when the conversation was opened. -#}
measured as (
  select
    promised.*,
    {{ working_time_until('promised.opened_at', 'opened') }} as opened_measure,
    {{ working_time_until('promised.first_reply_at', 'replied') }} as replied_measure,
    {{ working_time_until('promised.resolved_at', 'resolved') }} as resolved_measure
  from promised
  {%- for name in ['opened', 'replied', 'resolved'] %}
  left join {{ ref('int_support_days') }} as {{ name }}
    on
      {{ name }}.shop_id = promised.shop_id
      and {{ name }}.valid_from = promised.hours_from
      and {{ name }}.day = promised.{{ name }}_day
  {%- endfor %}
),

promises as (
  {%- for kind, promise in [('first_reply', 'first_reply_promise'), ('resolution', 'resolution_promise')] %}
  select
    shop_id,
    hours_from,
    conversation_id,
    '{{ kind }}' as kind,
    opened_measure + {{ promise }} as due_measure
  from measured
  where {{ promise }} is not null and opened_measure is not null
  {% if not loop.last %}union all{% endif %}
  {%- endfor %}
),

{#- The last day that begins before the promise is used up; sorted once instead of joined by a range. -#}
laid_beside as (
  select
    shop_id,
    hours_from,
    due_measure as measure,
    1 as place,
    conversation_id,
    kind,
    cast(null as date) as day
  from promises
  union all
  select
    shop_id,
    valid_from as hours_from,
    seconds_before as measure,
    2 as place,
    cast(null as bigint) as conversation_id,
    cast(null as text) as kind,
    day
  from {{ ref('int_support_days') }}
  where working_seconds > 0
),

found as (
  select
    *,
    max(day) over (
      partition by shop_id, hours_from
      order by measure, place
      rows between unbounded preceding and current row
    ) as due_day
  from laid_beside
),

due as (
  select
    found.shop_id,
    found.conversation_id,
    max(case when found.kind = 'first_reply' then {{ seconds_later('days.opens_at', '(found.measure - days.seconds_before)') }} end)
      as first_reply_due_at,
    max(case when found.kind = 'resolution' then {{ seconds_later('days.opens_at', '(found.measure - days.seconds_before)') }} end)
      as resolution_due_at
  from found
  inner join {{ ref('int_support_days') }} as days
    on
      days.shop_id = found.shop_id
      and days.valid_from = found.hours_from
      and days.day = found.due_day
  where found.conversation_id is not null
  group by found.shop_id, found.conversation_id
)

select
  measured.shop_id,
  measured.conversation_id,
  measured.day,
  measured.shop_timezone as timezone,
  measured.opened_at,
  measured.channel,
  measured.inbox_id,
  measured.assignee_id,
  measured.team_id,
  measured.contact_id,
  measured.priority,
  measured.status,
  measured.labels,
  measured.waiting_since,
  measured.is_asked,
  measured.is_answered,
  measured.first_reply_at,
  measured.resolved_at,
  measured.resolution_basis,
  measured.customer_messages,
  measured.agent_messages,
  measured.replied_measure - measured.opened_measure as first_reply_business_seconds,
  measured.resolved_measure - measured.opened_measure as resolution_business_seconds,
  case when measured.is_asked then due.first_reply_due_at end as first_reply_due_at,
  case when measured.is_asked then due.resolution_due_at end as resolution_due_at
from measured
left join due
  on due.shop_id = measured.shop_id and due.conversation_id = measured.conversation_id
