with newest as (
  {{ newest_version(ref('stg_chatwoot__conversations'), 'conversation_id', 'updated_at') }}
),

days as (
  select
    conversations.shop_id,
    conversations.conversation_id,
    {{ shop_local_date('min(conversations.created_at)', 'shops.timezone') }} as day,
    max(case when {{ is_to_build('loads') }} then 1 else 0 end) as is_touched
  from {{ ref('stg_chatwoot__conversations') }} as conversations
  inner join {{ ref('stg_hotdash__committed_loads') }} as loads on loads.load_id = conversations.load_id
  inner join {{ ref('int_shops') }} as shops on shops.shop_id = conversations.shop_id
  group by conversations.shop_id, conversations.conversation_id, shops.timezone
),

{#- What still waits becomes late by the passing of time alone. -#}
waiting as (
  select
    newest.shop_id,
    newest.conversation_id
  from newest
  inner join {{ ref('int_reach') }} as reach
    on reach.shop_id = newest.shop_id and reach.subject = 'support'
  where
    newest.status <> 'resolved'
    and (reach.built_at is null or reach.built_at < reach.reached_at)
),

touched as (
  {%- for model in ['stg_chatwoot__csat', 'stg_chatwoot__sla_events', 'stg_chatwoot__applied_slas'] %}
  select
    facts.shop_id,
    facts.conversation_id
  from {{ ref(model) }} as facts
  inner join {{ ref('stg_hotdash__committed_loads') }} as loads on loads.load_id = facts.load_id
  where {{ is_to_build('loads') }}
  union
  {%- endfor %}
  select
    shop_id,
    conversation_id
  from waiting
)

select shop_id, day from days where is_touched = 1 and day is not null
union
select
  days.shop_id,
  days.day
from days
inner join touched
  on touched.shop_id = days.shop_id and touched.conversation_id = days.conversation_id
where days.day is not null
union
{{ asked_days() }}
