{{ days_read(['meta_ads_campaign_days', 'google_ads_campaign_days']) }}
union
select
  shop_id,
  day
from {{ ref('int_unread_ad_days') }}
where is_new or '{{ var("mode") }}' = 'full'
union
{{ asked_days() }}
