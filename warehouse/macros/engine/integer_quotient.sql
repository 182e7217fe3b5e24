{#- Exact division of two whole numbers, the rest thrown away. NULL when dividing by zero. -#}
{% macro integer_quotient(dividend, divisor) -%}
  {{ adapter.dispatch('integer_quotient')(dividend, divisor) }}
{%- endmacro %}

{% macro default__integer_quotient(dividend, divisor) -%}
  try_cast(
    try_cast({{ dividend }} as hugeint) // nullif(try_cast({{ divisor }} as hugeint), 0)
    as decimal(28,0)
  )
{%- endmacro %}

{% macro postgres__integer_quotient(dividend, divisor) -%}
  div(({{ dividend }})::numeric, nullif(({{ divisor }})::numeric, 0))
{%- endmacro %}
