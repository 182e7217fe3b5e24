{#- The text at a path of keys (a list) inside a JSON document; NULL where there is none. -#}
{% macro json_pick(document, path) -%}
  {{ adapter.dispatch('json_pick')(document, path) }}
{%- endmacro %}

{% macro default__json_pick(document, path) -%}
  json_extract_string({{ document }}, '$.{{ path | join(".") }}')
{%- endmacro %}

{% macro postgres__json_pick(document, path) -%}
  (cast({{ document }} as jsonb) #>> '{ {{- path | join(",") -}} }')
{%- endmacro %}
