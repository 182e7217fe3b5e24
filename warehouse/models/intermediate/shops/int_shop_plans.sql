with days as (
  select
    versions.shop_id,
    versions.plan as plan_tier,
    {{ shop_local_date('versions.fetched_at', 'shops.timezone') }} as day,
    row_number() over (
      partition by versions.shop_id, {{ shop_local_date('versions.fetched_at', 'shops.timezone') }}
      order by versions.fetched_at desc, versions.load_id desc
    ) as place
  from {{ ref('stg_shopify__shops') }} as versions
  inner join {{ ref('int_shops') }} as shops on shops.shop_id = versions.shop_id
  where not versions.is_deleted and versions.plan is not null
),

changes as (
  select
    shop_id,
    plan_tier,
    day,
    lag(plan_tier) over (partition by shop_id order by day) as plan_before
  from days
  where place = 1 and day is not null
)

select
  shop_id,
  plan_tier,
  case when plan_before is null then cast('0001-01-01' as date) else day end as valid_from,
  lead(day) over (partition by shop_id order by day) as valid_before
from changes
where plan_before is null or plan_before <> plan_tier
