{{ campaign_names(source('google_ads', 'google_ads_campaign_days')) }}
