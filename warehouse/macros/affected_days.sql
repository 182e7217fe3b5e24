{#-
  What every model of affected days is made of. Each is named int_affected_..., by which lineage knows
  that no figure is made of it, has one row per (shop_id, day) to be computed anew, and names the days
  that newly committed loads touch, beside those that were asked for.
-#}

{#-
  Whether a committed load is for this build: not yet built, or everything is. What a shop read anew while
  a backfill computes its days waits until that is merged, which would write over it.
-#}
{% macro is_to_build(loads) -%}
  (
    (not {{ loads }}.is_built{% if var('paused') %} and {{ loads }}.shop_id not in {{ quoted_list(var('paused')) }}{% endif %})
    or '{{ var("mode") }}' = 'full'
  )
{%- endmacro %}

{% macro quoted_list(names) -%}
  ({% for name in names %}'{{ escape_single_quotes(name) }}'{% if not loop.last %}, {% endif %}{% endfor %})
{%- endmacro %}

{#- The days a range build names. -#}
{% macro asked_days() -%}
  select
    shops.shop_id,
    spine.day
  from {{ ref('int_shops') }} as shops
  cross join ({{ day_spine(var('range_from'), var('range_to')) }}) as spine
  where
    '{{ var("mode") }}' = 'range'
    {%- if var('shops') %}
    and shops.shop_id in {{ quoted_list(var('shops')) }}
    {%- endif %}
{%- endmacro %}

{#- The days of a slice table (ads, web, stock ...) that new loads read. -#}
{% macro days_read(tables) -%}
  select distinct
    days.shop_id,
    days.day
  from {{ ref('stg_hotdash__slice_days') }} as days
  inner join {{ ref('stg_hotdash__committed_loads') }} as loads on loads.load_id = days.load_id
  where
    days.table_name in {{ quoted_list(tables) }}
    and {{ is_to_build('loads') }}
{%- endmacro %}
