{%- set amounts = ['spend', 'known_spend', 'reported_conversions', 'reported_value'] -%}
{%- set counts = ['impressions', 'clicks', 'credited_orders', 'sourced_orders'] -%}
-- A campaign is called what it was called last, on all its days.
with spends as (
  select
    spends.*,
    coalesce(names.name, '') as campaign
  from {{ ref('fct_ad_spend') }} as spends
  inner join {{ ref('int_affected_roas_days') }} as affected
    on affected.shop_id = spends.shop_id and affected.day = spends.day
  left join {{ ref('int_campaign_names') }} as names
    on names.shop_id = spends.shop_id
    and names.platform = spends.platform
    and names.campaign_id = spends.campaign_id
    and names.spelling = cast(spends.campaign_id as text)
),

unread as (
  select
    unread.shop_id,
    unread.day,
    unread.platform
  from {{ ref('int_unread_ad_days') }} as unread
  inner join {{ ref('int_affected_roas_days') }} as affected
    on affected.shop_id = unread.shop_id and affected.day = unread.day
),

-- A campaign's cost stands in the channel that the same rules name for its clicks.
channels as (
  select
    named.platform,
    named.campaign,
    rules.channel,
    row_number() over (
      partition by named.platform, named.campaign
      order by rules.rank, md5(rules.source_pattern || chr(31) || rules.medium_pattern || chr(31) || rules.campaign_pattern)
    ) as place
  from (
    select platform, campaign from spends
    union
    select platform, '' as campaign from unread where platform <> ''
  ) as named
  inner join {{ ref('channel_rules') }} as rules
    on case named.platform when 'meta' then 'facebook' else 'google' end like rules.source_pattern
    and case named.platform when 'meta' then 'paid_social' else 'cpc' end like rules.medium_pattern
    and lower(named.campaign) like rules.campaign_pattern
),

known_spend as (
  select
    days.shop_id,
    days.day,
    case days.table_name when 'meta_ads_campaign_days' then 'meta' else 'google' end as platform
  from {{ ref('stg_hotdash__slice_days') }} as days
  inner join {{ ref('int_affected_roas_days') }} as affected
    on affected.shop_id = days.shop_id and affected.day = days.day
  where
    days.table_name in ('meta_ads_campaign_days', 'google_ads_campaign_days')
    and not exists (
      select 1
      from spends as unknown
      where
        unknown.shop_id = days.shop_id and unknown.day = days.day and unknown.spend is null
        and unknown.platform = case days.table_name when 'meta_ads_campaign_days' then 'meta' else 'google' end
    )
),

credits as (
  select
    credits.*,
    known_spend.shop_id is not null as is_spend_known
  from {{ ref('fct_attributed_orders') }} as credits
  inner join {{ ref('int_affected_roas_days') }} as affected
    on affected.shop_id = credits.shop_id and affected.day = credits.day
  left join known_spend
    on known_spend.shop_id = credits.shop_id
    and known_spend.day = credits.day
    and known_spend.platform = credits.platform
),

credited as (
  select
    shop_id,
    day,
    channel,
    coalesce(platform, '') as platform,
    coalesce(campaign, '') as campaign,
    sum(case when last_click_share = 1000000 then 1 else 0 end) as credited_orders,
    sum(case when last_click_share = 1000000 and channel <> 'Direct / None' then 1 else 0 end) as sourced_orders,
    sum(case when is_spend_known then last_click_amount else 0 end) as attributed_revenue,
    max(case when is_spend_known then 1 else 0 end) as is_spend_known
    {%- for model in attribution_models() %},
    sum({{ model }}_amount) as {{ model }}_revenue
    {%- endfor %}
  from credits
  group by shop_id, day, channel, coalesce(platform, ''), coalesce(campaign, '')
),

told as (
  select
    credited.shop_id,
    credited.day,
    credited.channel,
    credited.platform,
    coalesce(names.name, credited.campaign) as campaign,
    case when unread.shop_id is null then 0 end as spend,
    0 as known_spend,
    case when unread.shop_id is null then 0 end as impressions,
    case when unread.shop_id is null then 0 end as clicks,
    case when unread.shop_id is null then 0 end as reported_conversions,
    case when unread.shop_id is null then 0 end as reported_value,
    credited.credited_orders,
    credited.sourced_orders,
    credited.attributed_revenue,
    credited.is_spend_known
    {%- for model in attribution_models() %},
    credited.{{ model }}_revenue
    {%- endfor %}
  from credited
  left join {{ ref('int_campaign_names') }} as names
    on names.shop_id = credited.shop_id
    and names.platform = credited.platform
    and names.spelling = credited.campaign
    and names.place = 1
  left join unread
    on unread.shop_id = credited.shop_id
    and unread.day = credited.day
    and unread.platform = credited.platform
  union all
  select
    spends.shop_id,
    spends.day,
    coalesce(channels.channel, 'Unmapped') as channel,
    spends.platform,
    spends.campaign,
    spends.spend,
    case when known_spend.shop_id is not null then spends.spend else 0 end as known_spend,
    coalesce(spends.impressions, 0) as impressions,
    coalesce(spends.clicks, 0) as clicks,
    coalesce(spends.reported_conversions, 0) as reported_conversions,
    case when spends.account_reported_value is null then 0 else spends.reported_value end as reported_value,
    0 as credited_orders,
    0 as sourced_orders,
    0 as attributed_revenue,
    case when known_spend.shop_id is not null then 1 else 0 end as is_spend_known
    {%- for model in attribution_models() %},
    0 as {{ model }}_revenue
    {%- endfor %}
  from spends
  left join channels
    on channels.platform = spends.platform
    and channels.campaign = spends.campaign
    and channels.place = 1
  left join known_spend
    on known_spend.shop_id = spends.shop_id
    and known_spend.day = spends.day
    and known_spend.platform = spends.platform
  union all
  select
    unread.shop_id,
    unread.day,
    case unread.platform when '' then 'Direct / None' else coalesce(channels.channel, 'Unmapped') end as channel,
    unread.platform,
    '' as campaign,
    null as spend,
    0 as known_spend,
    null as impressions,
    null as clicks,
    null as reported_conversions,
    null as reported_value,
    0 as credited_orders,
    0 as sourced_orders,
    0 as attributed_revenue,
    0 as is_spend_known
    {%- for model in attribution_models() %},
    0 as {{ model }}_revenue
    {%- endfor %}
  from unread
  left join channels
    on channels.platform = unread.platform and channels.campaign = '' and channels.place = 1
)

select
  told.shop_id,
  told.day,
  told.channel,
  told.platform,
  told.campaign,
  shops.currency
  {%- for amount in amounts %},
  {{ money(whole_sum('told.' ~ amount)) }} as {{ amount }}
  {%- endfor %}
  {%- for count in counts %},
  {{ count_of(whole_sum('told.' ~ count)) }} as {{ count }}
  {%- endfor %},
  {{ money('sum(told.attributed_revenue)') }} as attributed_revenue
  {%- for model in attribution_models() %},
  {{ money('sum(told.' ~ model ~ '_revenue)') }} as {{ model }}_revenue
  {%- endfor %},
  max(told.is_spend_known) = 1 as is_spend_known
from told
inner join {{ ref('int_shops') }} as shops on shops.shop_id = told.shop_id
group by told.shop_id, told.day, told.channel, told.platform, told.campaign, shops.currency
