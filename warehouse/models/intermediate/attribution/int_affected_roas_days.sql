select shop_id, day from {{ ref('int_affected_credits') }}
union
select shop_id, day from {{ ref('int_affected_ad_days') }}
