with told as (
  select
    shop_id,
    'meta' as platform,
    campaign_id,
    campaign_name,
    fetched_at,
    day,
    load_id
  from {{ ref('stg_meta_ads__campaign_names') }}
  union all
  select
    shop_id,
    'google' as platform,
    campaign_id,
    campaign_name,
    fetched_at,
    day,
    load_id
  from {{ ref('stg_google_ads__campaign_names') }}
),

readings as (
  select
    told.*,
    loads.is_built,
    row_number() over (
      partition by told.shop_id, told.platform, told.campaign_id
      order by told.fetched_at desc, told.day desc, told.campaign_name
    ) as place,
    row_number() over (
      partition by told.shop_id, told.platform, told.campaign_id, loads.is_built
      order by told.fetched_at desc, told.day desc, told.campaign_name
    ) as place_of_built
  from told
  inner join {{ ref('stg_hotdash__committed_loads') }} as loads on loads.load_id = told.load_id
),

campaigns as (
  select
    shop_id,
    platform,
    campaign_id,
    max(case when place = 1 then campaign_name end) as name,
    max(case when is_built and place_of_built = 1 then campaign_name end) as built_name
  from readings
  group by shop_id, platform, campaign_id
),

names as (
  select
    readings.shop_id,
    readings.platform,
    readings.campaign_id,
    readings.campaign_name,
    campaigns.name,
    max(case when readings.is_built and campaigns.built_name = campaigns.name then 1 else 0 end) as is_known
  from readings
  inner join campaigns
    on campaigns.shop_id = readings.shop_id
    and campaigns.platform = readings.platform
    and campaigns.campaign_id = readings.campaign_id
  group by readings.shop_id, readings.platform, readings.campaign_id, readings.campaign_name, campaigns.name
),

spelled as (
  select names.*, {{ clean_mark('campaign_name', true) }} as spelling, campaign_name = name as is_current from names
  union all
  select names.*, replace({{ clean_mark('campaign_name', true) }}, ' ', '-') as spelling, campaign_name = name as is_current
  from names
  union all
  select names.*, cast(campaign_id as text) as spelling, true as is_current from names
),

spellings as (
  select
    shop_id,
    platform,
    campaign_id,
    spelling,
    name,
    max(case when is_current then 1 else 0 end) as is_current,
    min(is_known) as is_known
  from spelled
  where spelling is not null
  group by shop_id, platform, campaign_id, spelling, name
)

select
  shop_id,
  platform,
  campaign_id,
  spelling,
  name,
  is_known = 0 as is_new,
  row_number() over (
    partition by shop_id, platform, spelling order by is_current desc, name, campaign_id
  ) as place
from spellings
