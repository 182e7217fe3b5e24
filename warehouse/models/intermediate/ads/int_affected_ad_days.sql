{{ days_read(['meta_ads_campaign_days', 'google_ads_campaign_days']) }}
union
{{ asked_days() }}
