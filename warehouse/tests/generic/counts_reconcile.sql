{#-
  Shopify's own count of a closed day against the orders that were loaded, both as of the load
  that read the count: a version counts from its load until a better one was committed. Days that
  were counted before the shop moved to its present timezone are other days, and are left out.
-#}
{% test counts_reconcile(model) %}
with told as (
  select
    shop_id,
    day,
    load_id,
    orders,
    row_number() over (partition by shop_id, day, load_id order by fetched_at desc) as place
  from {{ model }}
),

moved as (
  select
    versions.shop_id,
    max(loads.committed_at) as moved_after
  from {{ ref('stg_shopify__shops') }} as versions
  inner join {{ ref('stg_hotdash__committed_loads') }} as loads on loads.load_id = versions.load_id
  inner join {{ ref('int_shops') }} as shops
    on shops.shop_id = versions.shop_id and shops.told_timezone <> versions.iana_timezone
  group by versions.shop_id
),

slices as (
  select
    days.shop_id,
    days.day,
    days.committed_at,
    coalesce(told.orders, 0) as orders_told
  from {{ ref('stg_hotdash__slice_days') }} as days
  left join told
    on
      told.shop_id = days.shop_id
      and told.day = days.day
      and told.load_id = days.load_id
      and told.place = 1
  left join moved on moved.shop_id = days.shop_id
  where
    days.table_name = 'shopify_order_days'
    and (moved.moved_after is null or days.committed_at > moved.moved_after)
),

versions as (
  select
    shop_id,
    order_id,
    day,
    is_deleted,
    committed_at,
    min(committed_at) over (
      partition by shop_id, order_id
      order by version_at desc, fetched_at desc, load_id desc
      rows between unbounded preceding and 1 preceding
    ) as superseded_at
  from {{ ref('int_order_versions') }}
),

loaded as (
  select
    slices.shop_id,
    slices.day,
    slices.orders_told,
    count(distinct versions.order_id) as orders_loaded
  from slices
  left join versions
    on
      versions.shop_id = slices.shop_id
      and versions.day = slices.day
      and not versions.is_deleted
      and versions.committed_at <= slices.committed_at
      and (versions.superseded_at is null or versions.superseded_at > slices.committed_at)
  group by slices.shop_id, slices.day, slices.orders_told
)

select shop_id, day, orders_told, orders_loaded
from loaded
where orders_told <> orders_loaded
{% endtest %}
