{#- The middle value, of an even number the mean of the two middle ones, to four decimals. -#}
{% macro median(expression) -%}
  {{ adapter.dispatch('median')(expression) }}
{%- endmacro %}

{% macro default__median(expression) -%}
  cast(
    (
      percentile_disc(0.5) within group (order by {{ expression }})
      + percentile_disc(0.5) within group (order by {{ expression }} desc)
    ) * cast(0.5 as numeric(2,1)) as numeric(20,4)
  )
{%- endmacro %}
