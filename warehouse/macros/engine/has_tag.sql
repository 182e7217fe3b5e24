{#- Whether one of the customer's tags, parted by commas, is among those wanted, parted by |. -#}
{% macro has_tag(tags, wanted) -%}
  {{ adapter.dispatch('has_tag')(tags, wanted) }}
{%- endmacro %}

{% macro default__has_tag(tags, wanted) -%}
  coalesce(regexp_matches(lower({{ tags }}), '(^|,) *(' || {{ wanted }} || ') *(,|$)'), false)
{%- endmacro %}

{% macro postgres__has_tag(tags, wanted) -%}
  coalesce(lower({{ tags }}) ~ ('(^|,) *(' || {{ wanted }} || ') *(,|$)'), false)
{%- endmacro %}
