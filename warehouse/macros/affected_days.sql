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

{#-
  Rows that may lie on an asked day, told by their instant alone, before anything dear is done with them: a shop's
  day begins and ends less than a day before or after the same day in Greenwich.
-#}
{% macro near_asked_days(instant, affected) -%}
  {{ instant }} >= (select cast(min(day) as timestamp) at time zone 'UTC' from {{ affected }}) - interval '1 day'
  and {{ instant }} < (select cast(max(day) as timestamp) at time zone 'UTC' from {{ affected }}) + interval '2 days'
{%- endmacro %}

{#- What a join by this key says as well, but before an engine reads: it passes over the rest of a large table. -#}
{% macro within_range_of(keys, key, value) -%}
  {{ value }} >= (select min({{ key }}) from {{ keys }}) and {{ value }} <= (select max({{ key }}) from {{ keys }})
{%- endmacro %}
