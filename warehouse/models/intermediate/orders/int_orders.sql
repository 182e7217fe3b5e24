with candidates as (
  select distinct
    versions.shop_id,
    versions.order_id
  from {{ ref('int_order_versions') }} as versions
  inner join {{ ref('int_affected_partitions') }} as affected
    on affected.shop_id = versions.shop_id and affected.day = versions.day
),

ranked as (
  select
    versions.*,
    rank() over (
      partition by versions.shop_id, versions.order_id
      order by versions.version_at desc, versions.fetched_at desc, versions.load_id desc
    ) as place
  from {{ ref('int_order_versions') }} as versions
  inner join candidates
    on candidates.shop_id = versions.shop_id and candidates.order_id = versions.order_id
),

newest as (
  select distinct
    ranked.shop_id,
    ranked.order_id,
    ranked.load_id,
    ranked.fetched_at,
    ranked.day
  from ranked
  inner join {{ ref('int_affected_partitions') }} as affected
    on affected.shop_id = ranked.shop_id and affected.day = ranked.day
  where ranked.place = 1 and not ranked.is_deleted
)

select
  newest.shop_id,
  newest.order_id,
  newest.load_id,
  newest.fetched_at,
  newest.day,
  orders.processed_at,
  orders.currency,
  shops.minor_unit_scale,
  orders.taxes_included,
  orders.customer_id,
  orders.email_hash,
  orders.financial_status,
  orders.total_price,
  orders.total_duties,
  orders.total_tips,
  coalesce(orders.is_test, false) as is_test,
  orders.cancelled_at is not null as is_cancelled,
  orders.ship_country,
  orders.cancelled_at is null
  and not coalesce(orders.is_test, false)
  and (
    coalesce(orders.financial_status in ('PAID', 'PARTIALLY_REFUNDED', 'REFUNDED'), false)
    or (
      coalesce(orders.financial_status = 'PARTIALLY_PAID', false)
      and coalesce(count_partially_paid.value = 'true', false)
    )
  ) as is_counted
from newest
inner join {{ ref('stg_shopify__orders') }} as orders
  on {{ same_version('orders', 'newest') }}
inner join {{ ref('int_shops') }} as shops on shops.shop_id = newest.shop_id
{{ joined_policy('count_partially_paid', 'newest') }}
