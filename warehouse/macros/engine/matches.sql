{#- Whether a text holds what a regular expression describes, anywhere in it. -#}
{% macro matches(text, pattern) -%}
  {{ adapter.dispatch('matches')(text, pattern) }}
{%- endmacro %}

{% macro default__matches(text, pattern) -%}
  regexp_matches({{ text }}, '{{ pattern }}')
{%- endmacro %}

{% macro postgres__matches(text, pattern) -%}
  ({{ text }} ~ '{{ pattern }}')
{%- endmacro %}
