{#- Over how many days demand is measured, the day itself the last of them. -#}
{% macro demand_days() -%} 56 {%- endmacro %}
{% macro demand_reach() -%} {{ demand_days() | int - 1 }} {%- endmacro %}
