{#-
  The plans of shops by period: the last word of a day holds for it, and days before the first one that
  was told count to it. of_built tells them as the last build knew them.
-#}
{% macro shop_plans(of_built=false) -%}
  with told as (
    select
      versions.shop_id,
      versions.plan as plan_tier,
      versions.fetched_at,
      versions.load_id,
      {{ shop_local_date('versions.fetched_at', 'shops.timezone') }} as day
    from {{ ref('stg_shopify__shops') }} as versions
    inner join {{ ref('int_shops') }} as shops on shops.shop_id = versions.shop_id
    {%- if of_built %}
    inner join {{ ref('stg_hotdash__committed_loads') }} as loads
      on loads.load_id = versions.load_id and loads.is_built
    {%- endif %}
    where not versions.is_deleted and versions.plan is not null
  ),

  days as (
    select
      told.*,
      row_number() over (partition by shop_id, day order by fetched_at desc, load_id desc) as place
    from told
    where day is not null
  ),

  changes as (
    select
      shop_id,
      plan_tier,
      day,
      lag(plan_tier) over (partition by shop_id order by day) as plan_before
    from days
    where place = 1
  )

  select
    shop_id,
    plan_tier,
    case when plan_before is null then cast('0001-01-01' as date) else day end as valid_from,
    lead(day) over (partition by shop_id order by day) as valid_before
  from changes
  where plan_before is null or plan_before <> plan_tier
{%- endmacro %}
