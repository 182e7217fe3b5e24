{#- Seconds of working time before an instant, measured on the day of int_support_days it falls on. -#}
{% macro working_time_until(instant, day) -%}
  {{ day }}.seconds_before + coalesce(
    greatest(cast(0 as bigint), least({{ day }}.working_seconds, {{ whole_seconds(day ~ '.opens_at', instant) }})), 0
  )
{%- endmacro %}
