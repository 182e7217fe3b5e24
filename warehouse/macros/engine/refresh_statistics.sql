{#-
  A planner that has never counted a new table joins it row by row (two minutes instead of two
  seconds for 20,000 orders). Engines that count by themselves need nothing.
-#}
{% macro refresh_statistics(relations) -%}
  {{ adapter.dispatch('refresh_statistics')(relations) }}
{%- endmacro %}

{% macro default__refresh_statistics(relations) -%} {%- endmacro %}

{% macro postgres__refresh_statistics(relations) -%}
  {% for relation in relations %}analyze {{ relation }};{% endfor %}
{%- endmacro %}

{% macro source_relations() -%}
  {%- set relations = [] -%}
  {%- if execute and flags.WHICH in ['run', 'build'] -%}
    {%- for table in graph.sources.values() -%}
      {%- do relations.append(source(table.source_name, table.name)) -%}
    {%- endfor -%}
  {%- endif -%}
  {{ return(relations) }}
{%- endmacro %}
