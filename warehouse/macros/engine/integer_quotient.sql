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

{#- The same for what fits bigint, which is a good deal faster. -#}
{% macro bigint_quotient(dividend, divisor) -%}
  {{ adapter.dispatch('bigint_quotient')(dividend, divisor) }}
{%- endmacro %}

{% macro default__bigint_quotient(dividend, divisor) -%}
  (({{ dividend }}) // nullif({{ divisor }}, 0))
{%- endmacro %}

{% macro postgres__bigint_quotient(dividend, divisor) -%}
  (({{ dividend }}) / nullif({{ divisor }}, 0))
{%- endmacro %}
