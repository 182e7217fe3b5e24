select shop_id, day from {{ ref('int_affected_credits') }}
union
select shop_id, day from {{ ref('int_affected_ad_days') }}
union
select
  spends.shop_id,
  spends.day
from {{ ref('fct_ad_spend') }} as spends
inner join {{ ref('int_campaign_names') }} as names
  on names.shop_id = spends.shop_id
  and names.platform = spends.platform
  and names.campaign_id = spends.campaign_id
where names.is_new
union
select
  credits.shop_id,
  credits.day
from {{ ref('fct_attributed_orders') }} as credits
inner join {{ ref('int_campaign_names') }} as names
  on names.shop_id = credits.shop_id
  and names.platform = credits.platform
  and names.spelling = credits.campaign
where names.is_new
