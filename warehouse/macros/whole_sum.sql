{#- A sum that is NULL where one of its rows is: half a sum is no sum. -#}
{% macro whole_sum(expression) -%}
  case when count(*) = count({{ expression }}) then sum({{ expression }}) end
{%- endmacro %}
