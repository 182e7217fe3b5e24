{% macro first_of_month(day) -%} date_trunc('month', {{ day }}) {%- endmacro %}

{#- How many months the second day's month lies after the first's; both whole months. -#}
{% macro months_between(first, last) -%}
  cast(
    (extract(year from {{ last }}) - extract(year from {{ first }})) * 12
    + extract(month from {{ last }}) - extract(month from {{ first }})
    as bigint
  )
{%- endmacro %}
