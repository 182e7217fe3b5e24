{#-
  An amount divided by a count, to four decimals with halves away from zero, computed in integers
  because engines divide decimals each in their own way. NULL when the count is nought.
-#}
{% macro amount_per(amount, count) -%}
  {%- set dividend = "cast(abs(" ~ amount ~ ") as numeric(38,4)) * 10000" -%}
  {%- set quotient = integer_quotient("2 * " ~ dividend ~ " + " ~ count, "2 * " ~ count) -%}
  {{ money("sign(" ~ amount ~ ") * " ~ quotient ~ " * cast(0.0001 as numeric(5,4))") }}
{%- endmacro %}
