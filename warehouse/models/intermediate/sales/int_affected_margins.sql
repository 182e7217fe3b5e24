select shop_id, day from {{ ref('int_affected_lines') }}
union
select shop_id, day from {{ ref('int_affected_ad_days') }}
