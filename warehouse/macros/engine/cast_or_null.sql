{#-
  NULL instead of an error where a value does not fit: one shop's bad row never aborts a model.
  Called so because dbt has a safe_cast of its own, which is not safe on every engine.
-#}
{% macro cast_or_null(expression, data_type) -%}
  {{ adapter.dispatch('cast_or_null')(expression, data_type) }}
{%- endmacro %}

{% macro default__cast_or_null(expression, data_type) -%}
  try_cast({{ expression }} as {{ data_type }})
{%- endmacro %}

{% macro postgres__cast_or_null(expression, data_type) -%}
  {%- set number = '^[-+]?[0-9]{1,' ~ {'bigint': 18, 'numeric(20,4)': 16}.get(data_type, 0) ~ '}([.][0-9]*)?$' -%}
  {%- set text = 'cast(' ~ expression ~ ' as text)' -%}
  {%- if data_type == 'boolean' -%}
  case lower({{ text }}) when 'true' then true when 'false' then false end
  {%- elif data_type in ['bigint', 'numeric(20,4)'] -%}
  case when {{ text }} ~ '{{ number }}' then cast(cast({{ text }} as numeric) as {{ data_type }}) end
  {%- else -%}
  {{ exceptions.raise_compiler_error("cast_or_null does not know the type " ~ data_type) }}
  {%- endif -%}
{%- endmacro %}

{#- The same for what is a number already, and only too large at worst: no text is made of it. -#}
{% macro fit_number(expression, data_type) -%}
  {{ adapter.dispatch('fit_number')(expression, data_type) }}
{%- endmacro %}

{% macro default__fit_number(expression, data_type) -%}
  try_cast({{ expression }} as {{ data_type }})
{%- endmacro %}

{% macro postgres__fit_number(expression, data_type) -%}
  {%- set limit = {'bigint': '9223372036854775807', 'numeric(20,4)': '9999999999999999'}[data_type] -%}
  case when abs({{ expression }}) < {{ limit }} then cast({{ expression }} as {{ data_type }}) end
{%- endmacro %}
