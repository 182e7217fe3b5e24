select
  shop_id,
  load_id,
  fetched_at,
  is_deleted,
  order_id,
  visit_id,
  occurred_at,
  source,
  source_type,
  source_description,
  referrer_url,
  landing_page,
  referral_code,
  utm_source,
  utm_medium,
  utm_campaign,
  utm_content,
  utm_term
from {{ source('shopify', 'shopify_customer_visits') }}
where load_id in (select load_id from {{ ref('stg_hotdash__committed_loads') }})
