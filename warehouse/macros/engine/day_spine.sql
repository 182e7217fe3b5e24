{#- Every day from first to last (two ISO dates), both included, as a column `day`. -#}
{% macro day_spine(first, last) -%}
  {{ adapter.dispatch('day_spine')(first, last) }}
{%- endmacro %}

{% macro default__day_spine(first, last) -%}
  select cast(spine.day as date) as day
  from generate_series(timestamp '{{ first }}', timestamp '{{ last }}', interval '1 day') as spine (day)
{%- endmacro %}
