{#- A flag as a count that can be added up. -#}
{% macro one_if(flag) -%}
  cast(case when {{ flag }} then 1 else 0 end as bigint)
{%- endmacro %}
