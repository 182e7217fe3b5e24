with told as (
  select
    shop_id,
    day,
    'meta' as platform,
    account_id,
    campaign_id,
    campaign_name,
    currency,
    timezone,
    spend,
    impressions,
    clicks,
    purchases as conversions,
    purchase_value as conversion_value,
    purchases_7d_click as click_conversions,
    purchase_value_7d_click as click_conversion_value
  from {{ ref('stg_meta_ads__campaign_days') }}
  union all
  select
    shop_id,
    day,
    'google' as platform,
    customer_id as account_id,
    campaign_id,
    campaign_name,
    currency,
    timezone,
    cost as spend,
    impressions,
    clicks,
    conversions,
    conversions_value as conversion_value,
    null as click_conversions,
    null as click_conversion_value
  from {{ ref('stg_google_ads__campaign_days') }}
),

campaigns as (
  select
    told.shop_id,
    told.day,
    told.platform,
    told.campaign_id,
    told.currency as account_currency,
    max(told.account_id) as account_id,
    max(told.campaign_name) as campaign_name,
    max(told.timezone) as account_timezone,
    sum(told.spend) as spend,
    sum(told.impressions) as impressions,
    sum(told.clicks) as clicks,
    sum(told.conversions) as conversions,
    sum(told.conversion_value) as conversion_value,
    sum(told.click_conversions) as click_conversions,
    sum(told.click_conversion_value) as click_conversion_value
  from told
  inner join {{ ref('int_affected_ad_days') }} as affected
    on affected.shop_id = told.shop_id and affected.day = told.day
  group by told.shop_id, told.day, told.platform, told.campaign_id, told.currency
)

select
  campaigns.shop_id,
  campaigns.day,
  campaigns.platform,
  campaigns.campaign_id,
  campaigns.account_id,
  campaigns.campaign_name,
  campaigns.account_currency,
  campaigns.account_timezone,
  shops.currency,
  {{ converted('campaigns.spend', 'case when campaigns.account_currency = shops.currency then 1 else rates.rate end') }}
    as spend,
  {{ money('campaigns.spend') }} as account_spend,
  {{ count_of('campaigns.impressions') }} as impressions,
  {{ count_of('campaigns.clicks') }} as clicks,
  {{ money('campaigns.conversions') }} as reported_conversions,
  {{ converted('campaigns.conversion_value', 'case when campaigns.account_currency = shops.currency then 1 else rates.rate end') }}
    as reported_value,
  {{ money('campaigns.conversion_value') }} as account_reported_value,
  {{ money('campaigns.click_conversions') }} as reported_click_conversions,
  {{ money('campaigns.click_conversion_value') }} as account_reported_click_value
from campaigns
inner join {{ ref('int_shops') }} as shops on shops.shop_id = campaigns.shop_id
left join {{ ref('int_exchange_rates') }} as rates
  on
    rates.shop_id = campaigns.shop_id
    and rates.base = campaigns.account_currency
    and rates.quote = shops.currency
    and campaigns.day >= rates.valid_from
    and campaigns.day < rates.valid_before
