{#- The rules that hold, one row: a column per threshold, to be cross joined as `rules`. -#}
{% macro segment_rules() -%}
  (
    select
      max(case when segment = 'wholesale' then tags end) as wholesale_tags,
      max(case when segment = 'pro_builder' then tags end) as pro_builder_tags,
      max(case when segment = 'pro_builder' then min_orders end) as pro_builder_min_orders,
      max(case when segment = 'pro_builder' then max_days_between end) as pro_builder_max_days_between,
      max(case when segment = 'lapsed' then min_orders end) as lapsed_min_orders,
      max(case when segment = 'lapsed' then min_idle_days end) as lapsed_min_idle_days,
      max(case when segment = 'repeat' then min_orders end) as repeat_min_orders
    from {{ ref('customer_segments') }}
    where version = (select max(version) from {{ ref('customer_segments') }})
  )
{%- endmacro %}

{#-
  The segment by what is known at one instant: the customer's tags, the kept orders so far, the
  days from the first to the last of them, and the days gone by without one.
-#}
{% macro customer_segment(tags, orders, active_days, idle_days) -%}
  case
    when {{ has_tag(tags, 'rules.wholesale_tags') }} then 'wholesale'
    when {{ orders }} >= rules.lapsed_min_orders and {{ idle_days }} >= rules.lapsed_min_idle_days
      then 'lapsed'
    when {{ has_tag(tags, 'rules.pro_builder_tags') }} then 'pro_builder'
    when
      {{ orders }} >= rules.pro_builder_min_orders
      and {{ active_days }} <= rules.pro_builder_max_days_between * ({{ orders }} - 1)
      then 'pro_builder'
    when {{ orders }} >= rules.repeat_min_orders then 'repeat'
    when {{ orders }} >= 1 then 'first_time'
    else 'no_order'
  end
{%- endmacro %}

{#- What it takes for each score above 1, one row, to be cross joined. -#}
{% macro rfm_rules() -%}
  (
    select
      {%- for threshold in ['max_days_since', 'min_orders', 'min_spend_percentile'] %}
      {%- set last = loop.last %}
      {%- for score in [5, 4, 3, 2] %}
      max(case when score = {{ score }} then {{ threshold }} end) as {{ threshold }}_{{ score }}
      {{- ',' if not (last and loop.last) }}
      {%- endfor %}
      {%- endfor %}
    from {{ ref('rfm_scores') }}
    where version = (select max(version) from {{ ref('rfm_scores') }})
  )
{%- endmacro %}
