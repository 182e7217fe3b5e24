{#- On how many days a rate holds at most, its own the first of them. -#}
{% macro rate_days() -%} 7 {%- endmacro %}

{#-
  An amount in another currency, to four decimals with halves away from zero. The product is exact: 16
  digits and 4 places times 8 digits and 10 places are the 38 that every engine has.
-#}
{% macro converted(amount, rate) -%}
  case
    when {{ amount }} = 0 then cast(0 as numeric(20,4))
    else {{ money(money(amount) ~ ' * cast(' ~ rate ~ ' as numeric(18,10))') }}
  end
{%- endmacro %}
