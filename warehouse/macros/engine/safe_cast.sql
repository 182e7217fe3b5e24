{#- NULL instead of an error where a value does not fit: one shop's bad row never aborts a model. -#}
{% macro safe_cast(expression, data_type) -%}
  {{ adapter.dispatch('safe_cast', 'hotdash')(expression, data_type) }}
{%- endmacro %}

{% macro default__safe_cast(expression, data_type) -%}
  try_cast({{ expression }} as {{ data_type }})
{%- endmacro %}

{% macro postgres__safe_cast(expression, data_type) -%}
  {%- set fits = {
    'numeric(20,4)': "abs(cast(" ~ expression ~ " as numeric)) < 9999999999999999",
    'bigint': "abs(cast(" ~ expression ~ " as numeric)) < 9223372036854775807",
    'boolean': "lower(cast(" ~ expression ~ " as text)) in ('true', 'false')"
  } -%}
  {%- if data_type not in fits -%}
    {{ exceptions.raise_compiler_error("safe_cast does not know the type " ~ data_type) }}
  {%- endif -%}
  case when {{ fits[data_type] }} then cast({{ expression }} as {{ data_type }}) end
{%- endmacro %}
