{#- One row per day from one date expression to another, both included; stands alone in a select list. -#}
{% macro days_from_to(first, last) -%}
  {{ adapter.dispatch('days_from_to')(first, last) }}
{%- endmacro %}

{% macro default__days_from_to(first, last) -%}
  cast(unnest(generate_series(cast({{ first }} as timestamp), cast({{ last }} as timestamp), interval '1 day')) as date)
{%- endmacro %}

{% macro postgres__days_from_to(first, last) -%}
  cast(generate_series(cast({{ first }} as timestamp), cast({{ last }} as timestamp), interval '1 day') as date)
{%- endmacro %}

{#- A date so many days later; the number may be a column. -#}
{% macro days_later(day, number) -%}
  {{ adapter.dispatch('days_later')(day, number) }}
{%- endmacro %}

{% macro default__days_later(day, number) -%}
  ({{ day }} + cast({{ number }} as integer))
{%- endmacro %}

{#- How many days one date lies behind another. -#}
{% macro days_between(first, last) -%}
  cast(({{ last }}) - ({{ first }}) as bigint)
{%- endmacro %}
