{%- set marks = ['source', 'medium', 'campaign'] -%}
{%- set link = ['origin', 'utm_source', 'utm_medium', 'utm_campaign', 'page_host', 'referrer_host', 'click_id'] -%}
{%- set click_ids = {
  'gclid': ('google', 'cpc'),
  'fbclid': ('facebook', 'paid_social'),
  'msclkid': ('bing', 'cpc'),
  'ttclid': ('tiktok', 'paid_social'),
} -%}
with click_days as (
  {{ days_of_quarters(ref('stg_clickstream__touches'), ['occurred_at']) }}
),

near_visits as (
  select *
  from {{ ref('stg_shopify__customer_visits') }}
  where {{ near_asked_days('occurred_at', ref('int_affected_touch_days')) }}
),

affected_visit_days as (
  select
    visit_days.shop_id,
    visit_days.begun_at,
    visit_days.day
  from ({{ days_of_quarters('near_visits', ['occurred_at']) }}) as visit_days
  inner join {{ ref('int_affected_touch_days') }} as affected
    on affected.shop_id = visit_days.shop_id and affected.day = visit_days.day
),

events as (
  select
    clicks.*,
    click_days.day,
    row_number() over (
      partition by clicks.shop_id, clicks.event_id order by clicks.fetched_at, clicks.load_id
    ) as reading
  from {{ ref('stg_clickstream__touches') }} as clicks
  inner join click_days
    on click_days.shop_id = clicks.shop_id and click_days.begun_at = {{ quarter_hour('clicks.occurred_at') }}
  where clicks.event_type = 'page_view' and not clicks.is_deleted
),

affected_visits as (
  select distinct
    events.shop_id,
    coalesce(events.session_id, events.event_id) as visit
  from events
  inner join {{ ref('int_affected_touch_days') }} as affected
    on affected.shop_id = events.shop_id and affected.day = events.day
),

clicks as (
  select
    events.*,
    affected_visits.visit,
    row_number() over (
      partition by events.shop_id, affected_visits.visit
      order by events.occurred_at, md5(events.event_id)
    ) = 1 as is_first
  from events
  inner join affected_visits
    on affected_visits.shop_id = events.shop_id
    and affected_visits.visit = coalesce(events.session_id, events.event_id)
  where events.reading = 1
),

journeys as (
  select
    shop_id,
    order_id,
    load_id,
    fetched_at,
    is_deleted,
    row_number() over (partition by shop_id, order_id order by fetched_at desc, load_id desc) as place
  from {{ ref('stg_shopify__customer_journeys') }}
),

visits as (
  select
    visits.shop_id,
    visits.order_id,
    visits.visit_id,
    visits.occurred_at,
    visits.landing_page,
    visits.referrer_url,
    {%- for mark in marks %}
    visits.utm_{{ mark }},
    {%- endfor %}
    affected_visit_days.day
  from near_visits as visits
  inner join affected_visit_days
    on affected_visit_days.shop_id = visits.shop_id
    and affected_visit_days.begun_at = {{ quarter_hour('visits.occurred_at') }}
  inner join journeys on {{ same_version('visits', 'journeys') }}
  where journeys.place = 1 and not journeys.is_deleted
),

told as (
  select
    visits.shop_id,
    md5('visit' || chr(31) || cast(visits.order_id as text) || chr(31) || cast(visits.visit_id as text)) as touch_id,
    'shopify' as origin,
    visits.day,
    visits.occurred_at as touched_at,
    visits.order_id,
    cast(null as text) as person,
    cast(null as bigint) as customer_id,
    cast(null as text) as visit,
    true as is_first,
    coalesce({{ regex_group('visits.landing_page', '^[a-zA-Z]+://([^/?#:]+)') }}, '') as page_host,
    coalesce({{ regex_group('visits.referrer_url', '^[a-zA-Z-]+://([^/?#:]+)') }}, '') as referrer_host,
    {%- for mark in marks %}
    coalesce(visits.utm_{{ mark }}, '') as utm_{{ mark }},
    {%- endfor %}
    case
      when visits.landing_page like '%clid=%' then case
        {%- for name in click_ids %}
        when {{ regex_fits('visits.landing_page', '[?&]' ~ name ~ '=[^&#]') }} then '{{ name }}'
        {%- endfor %}
        else ''
      end
      else ''
    end as click_id
  from visits
  union all
  select
    clicks.shop_id,
    md5('click' || chr(31) || clicks.event_id) as touch_id,
    'click' as origin,
    clicks.day,
    clicks.occurred_at as touched_at,
    cast(null as bigint) as order_id,
    coalesce(clicks.visitor_id, 'customer' || chr(31) || clicks.customer_id) as person,
    {{ cast_or_null('clicks.customer_id', 'bigint') }} as customer_id,
    clicks.visit,
    clicks.is_first,
    coalesce(clicks.page_host, '') as page_host,
    coalesce(clicks.referrer_host, '') as referrer_host,
    {%- for mark in marks %}
    coalesce(clicks.utm_{{ mark }}, '') as utm_{{ mark }},
    {%- endfor %}
    case
      {%- for name in click_ids %}
      when clicks.{{ name }} is not null then '{{ name }}'
      {%- endfor %}
      else ''
    end as click_id
  from clicks
),

-- A link is written once and followed often: it is read once, whoever follows it.
links as (
  select distinct
    shop_id,
    {{ link | join(', ') }}
  from told
),

cleaned as (
  select
    links.shop_id,
    {%- for name in link %}
    links.{{ name }} as told_{{ name }},
    {%- endfor %}
    {%- for mark in marks %}
    case links.origin
      when 'click' then {{ clean_mark('links.utm_' ~ mark, true) }}
      else {{ clean_mark('links.utm_' ~ mark, false) }}
    end as utm_{{ mark }},
    {%- endfor %}
    nullif(links.click_id, '') as click_id,
    nullif(lower(links.page_host), '') as page_host,
    nullif(lower(links.referrer_host), '') as referrer_host,
    lower(shops.domain) as domain
  from links
  inner join {{ ref('int_shops') }} as shops on shops.shop_id = links.shop_id
),

judged as (
  select
    cleaned.*,
    coalesce({{ mark_problem('utm_source', 'source') }}, {{ mark_problem('utm_medium', 'medium') }}) as way_problem,
    coalesce(
      {{ mark_problem('utm_campaign', 'campaign') }},
      case
        when utm_source is null and utm_medium is null and utm_campaign is not null then 'source and medium are missing'
        when utm_source is null and utm_medium is not null then 'source is missing'
        when utm_medium is null and utm_source is not null then 'medium is missing'
      end
    ) as other_problem,
    case
      when referrer_host is null then null
      when page_host is not null and {{ belongs_to_host('referrer_host', 'page_host') }} then null
      when domain is not null and {{ belongs_to_host('referrer_host', 'domain') }} then null
      else referrer_host
    end as other_host
  from cleaned
),

hosts as (
  select
    named.other_host,
    rules.source,
    rules.medium,
    row_number() over (partition by named.other_host order by rules.rank, md5(rules.host_pattern)) as place
  from (select distinct other_host from judged where other_host is not null) as named
  inner join {{ ref('referrer_sources') }} as rules on '.' || named.other_host || '.' like rules.host_pattern
),

named as (
  select
    judged.*,
    coalesce(judged.way_problem, judged.other_problem) as utm_problem,
    case
      when judged.utm_source is not null and judged.utm_medium is not null and judged.way_problem is null
        then case when judged.utm_source in ('direct', '(direct)', '(none)') then 'direct' else 'utm' end
      when judged.click_id is not null then 'click id'
      when judged.other_host is null or hosts.medium in ('payment', 'sign-in') then 'direct'
      else 'referrer'
    end as named_by,
    hosts.source as host_source,
    hosts.medium as host_medium
  from judged
  left join hosts on hosts.other_host = judged.other_host and hosts.place = 1
),

sourced as (
  select
    named.*,
    case named.named_by
      when 'utm' then utm_source
      when 'click id' then case click_id
        {%- for name, means in click_ids.items() %} when '{{ name }}' then '{{ means[0] }}'{% endfor %} end
      when 'referrer' then coalesce(host_source, {{ without_www('other_host') }})
      else 'direct'
    end as source,
    case named.named_by
      when 'utm' then utm_medium
      when 'click id' then case click_id
        {%- for name, means in click_ids.items() %} when '{{ name }}' then '{{ means[1] }}'{% endfor %} end
      when 'referrer' then coalesce(host_medium, 'referral')
      else 'none'
    end as medium,
    case when named.named_by <> 'direct' then utm_campaign end as campaign
  from named
),

ways as (
  select
    way.source,
    way.medium,
    way.campaign,
    rules.rank as rule_rank,
    rules.channel,
    rules.platform,
    rules.is_paid,
    row_number() over (
      partition by way.source, way.medium, way.campaign
      order by rules.rank, md5(rules.source_pattern || chr(31) || rules.medium_pattern || chr(31) || rules.campaign_pattern)
    ) as place
  from (select distinct source, medium, coalesce(campaign, '') as campaign from sourced) as way
  inner join {{ ref('channel_rules') }} as rules
    on way.source like rules.source_pattern
    and way.medium like rules.medium_pattern
    and way.campaign like rules.campaign_pattern
),

read_links as (
  select
    sourced.*,
    coalesce(ways.channel, 'Unmapped') as channel,
    ways.rule_rank,
    nullif(ways.platform, '') as platform,
    coalesce(ways.is_paid, false) as is_paid
  from sourced
  left join ways
    on ways.source = sourced.source
    and ways.medium = sourced.medium
    and ways.campaign = coalesce(sourced.campaign, '')
    and ways.place = 1
),

touches as (
  select
    touches.shop_id,
    touches.touch_id,
    touches.origin,
    touches.day,
    touches.touched_at,
    touches.order_id,
    touches.person,
    touches.customer_id,
    touches.visit,
    touches.is_first,
    {%- for column in ['named_by', 'source', 'medium', 'campaign', 'channel', 'rule_rank', 'platform', 'is_paid'] %}
    links.{{ column }},
    {%- endfor %}
    links.utm_source,
    links.utm_medium,
    links.utm_campaign,
    links.utm_problem,
    links.referrer_host
  from told as touches
  inner join read_links as links
    on links.shop_id = touches.shop_id
    {%- for name in link %}
    and links.told_{{ name }} = touches.{{ name }}
    {%- endfor %}
),

-- Pages of the shop between two clicks are no touches, so they part no click from its like.
followed as (
  select
    touches.*,
    lag({{ way_of('touches') }}) over (
      partition by shop_id, visit, case when named_by = 'direct' then 1 else 0 end
      order by touched_at, md5(touch_id)
    ) as way_before
  from touches
  where origin = 'click'
)

-- A session whose days are not all affected is still read whole, to know what came first in it.
select
  touches.shop_id,
  touches.touch_id,
  touches.origin,
  touches.day,
  touches.touched_at,
  touches.order_id,
  touches.person,
  touches.customer_id,
  touches.named_by,
  touches.source,
  touches.medium,
  touches.campaign,
  touches.channel,
  touches.rule_rank,
  touches.platform,
  touches.is_paid,
  touches.utm_source,
  touches.utm_medium,
  touches.utm_campaign,
  touches.utm_problem,
  touches.referrer_host
from followed as touches
inner join {{ ref('int_affected_touch_days') }} as affected
  on affected.shop_id = touches.shop_id and affected.day = touches.day
where
  (touches.named_by = 'direct' and touches.is_first)
  or (
    touches.named_by <> 'direct'
    and (touches.way_before is null or touches.way_before <> {{ way_of('touches') }})
  )
union all
select
  shop_id,
  touch_id,
  origin,
  day,
  touched_at,
  order_id,
  person,
  customer_id,
  named_by,
  source,
  medium,
  campaign,
  channel,
  rule_rank,
  platform,
  is_paid,
  utm_source,
  utm_medium,
  utm_campaign,
  utm_problem,
  referrer_host
from touches
where origin = 'shopify'
