{#-
  The day before which a period holds; one that goes on ends with the calendar. As a comparison and
  not as `is null or ...`, because an alternative in a join's condition makes engines compare every
  row with every period.
-#}
{% macro end_of(period) -%}
  coalesce({{ period }}.valid_before, cast('9999-12-31' as date))
{%- endmacro %}
