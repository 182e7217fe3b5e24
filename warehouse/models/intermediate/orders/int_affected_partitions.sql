with touched as (
  select distinct
    shop_id,
    order_id
  from {{ ref('int_order_versions') }} as versions
  where {{ is_to_build('versions') }}
),

order_days as (
  select
    versions.shop_id,
    versions.day
  from {{ ref('int_order_versions') }} as versions
  inner join touched
    on touched.shop_id = versions.shop_id and touched.order_id = versions.order_id
),

refund_days as (
  select
    refunds.shop_id,
    {{ shop_local_date('coalesce(refunds.processed_at, refunds.created_at)', 'shops.timezone') }} as day
  from {{ ref('stg_shopify__refunds') }} as refunds
  inner join touched
    on touched.shop_id = refunds.shop_id and touched.order_id = refunds.order_id
  inner join {{ ref('int_shops') }} as shops on shops.shop_id = refunds.shop_id
)

select shop_id, day from order_days where day is not null
union
select shop_id, day from refund_days where day is not null
union
select shop_id, day from {{ ref('int_affected_customer_days') }}
union
{{ asked_days() }}
