{{ campaign_names(source('meta_ads', 'meta_ads_campaign_days')) }}
