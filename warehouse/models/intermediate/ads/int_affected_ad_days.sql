with rate_days as (
  select
    rates.shop_id,
    rates.base,
    {{ days_from_to('rates.day', days_later('rates.day', rate_days() | int - 1)) }} as day
  from {{ ref('stg_hotdash__exchange_rates') }} as rates
  inner join {{ ref('int_shops') }} as shops
    on shops.shop_id = rates.shop_id and shops.currency = rates.quote
  where rates.is_news
)

{{ days_read(['meta_ads_campaign_days', 'google_ads_campaign_days']) }}
union
select
  shop_id,
  day
from {{ ref('int_unread_ad_days') }}
where is_new or '{{ var("mode") }}' = 'full'
union
select
  ads.shop_id,
  ads.day
from {{ ref('stg_meta_ads__campaign_days') }} as ads
inner join rate_days
  on rate_days.shop_id = ads.shop_id and rate_days.day = ads.day and rate_days.base = ads.currency
union
select
  ads.shop_id,
  ads.day
from {{ ref('stg_google_ads__campaign_days') }} as ads
inner join rate_days
  on rate_days.shop_id = ads.shop_id and rate_days.day = ads.day and rate_days.base = ads.currency
union
{{ asked_days() }}
