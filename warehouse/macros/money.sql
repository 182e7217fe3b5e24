{#- What every money column is: numeric(20,4), or NULL where a bad value does not fit. -#}
{% macro money(expression) -%}
  {{ fit_number(expression, 'numeric(20,4)') }}
{%- endmacro %}

{#- What every count of units is: bigint, or NULL where a bad value does not fit. -#}
{% macro count_of(expression) -%}
  {{ fit_number(expression, 'bigint') }}
{%- endmacro %}

{#- An amount without the tax inside it. -#}
{% macro without_tax(amount, tax, taxes_included) -%}
  {{ money("(" ~ amount ~ ") - (case when " ~ taxes_included ~ " then " ~ tax ~ " else 0 end)") }}
{%- endmacro %}

{#-
  amount / (1 + rate) in whole minor units, halves away from zero. Computed in integers, because
  engines divide decimals as floats or with precisions of their own. The factors are cast wide
  first: a product takes its width from them, and an absurd rate may not overflow it.
-#}
{% macro net_of_rate(amount, rate, minor_unit_scale) -%}
  {%- set dividend = "cast(abs(" ~ amount ~ ") as numeric(38,4)) * 10000 * 1000000 * " ~ minor_unit_scale -%}
  {%- set divisor = "cast(1 + " ~ rate ~ " as numeric(38,6)) * 1000000 * 10000" -%}
  {%- set minor_units = integer_quotient("2 * " ~ dividend ~ " + " ~ divisor, "2 * " ~ divisor) -%}
  {%- set ten_thousandths = minor_units ~ " * " ~ integer_quotient("10000", minor_unit_scale) -%}
  {{ money("sign(" ~ amount ~ ") * " ~ ten_thousandths ~ " * cast(0.0001 as numeric(5,4))") }}
{%- endmacro %}

{#- How many minor units make one unit of the currency; the same lists as hotdash/base/money.py. -#}
{% macro minor_unit_scale(currency) -%}
  case
    when {{ currency }} in (
      'BIF', 'CLP', 'DJF', 'GNF', 'ISK', 'JPY', 'KMF', 'KRW', 'PYG', 'RWF', 'UGX', 'UYI', 'VND',
      'VUV', 'XAF', 'XOF', 'XPF'
    ) then 1
    when {{ currency }} in ('BHD', 'IQD', 'JOD', 'KWD', 'LYD', 'OMR', 'TND') then 1000
    else 100
  end
{%- endmacro %}
