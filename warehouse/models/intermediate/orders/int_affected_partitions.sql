with touched as (
  select distinct
    shop_id,
    order_id
  from {{ ref('int_order_versions') }}
  where not is_built or '{{ var("mode") }}' = 'full'
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
),

asked_days as (
  select
    shops.shop_id,
    spine.day
  from {{ ref('int_shops') }} as shops
  cross join ({{ day_spine(var('range_from'), var('range_to')) }}) as spine
  where
    '{{ var("mode") }}' = 'range'
    {%- if var('shops') %}
    and shops.shop_id in ({% for shop in var('shops') %}'{{ escape_single_quotes(shop) }}'{% if not loop.last %}, {% endif %}{% endfor %})
    {%- endif %}
)

select shop_id, day from order_days where day is not null
union
select shop_id, day from refund_days where day is not null
union
select shop_id, day from asked_days
