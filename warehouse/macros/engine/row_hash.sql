{#-
  One canonical text per type, so that a row hashes alike on every engine and in the serving
  tables: NULL is chr(30), columns are joined by chr(31), instants are UTC with microseconds.
-#}
{% macro row_hash(columns, of='') -%}
  md5(
    concat_ws(
      chr(31)
      {%- for column in columns -%}
      , coalesce({{ canonical_text(of ~ column.name, column.data_type) }}, chr(30))
      {%- endfor %}
    )
  )
{%- endmacro %}

{#- The hash of a set of rows, whatever order they come in. -#}
{% macro rows_hash(row_hash_column) -%}
  md5({{ adapter.dispatch('sorted_text')(row_hash_column) }})
{%- endmacro %}

{% macro canonical_text(expression, data_type) -%}
  {%- if data_type == 'date' -%} {{ iso_date(expression) }}
  {%- elif data_type == 'timestamptz' -%} {{ adapter.dispatch('iso_instant')(expression) }}
  {%- elif data_type == 'boolean' -%} case when {{ expression }} then 'true' when not {{ expression }} then 'false' end
  {%- elif data_type == 'numeric(20,4)' -%} {{ adapter.dispatch('money_text')(expression) }}
  {%- elif data_type in ['text', 'integer', 'bigint', 'numeric(18,10)'] -%} cast({{ expression }} as text)
  {%- else -%} {{ exceptions.raise_compiler_error(expression ~ " has no canonical text for the type " ~ data_type) }}
  {%- endif -%}
{%- endmacro %}

{% macro iso_date(expression) -%}
  {{ adapter.dispatch('iso_date')(expression) }}
{%- endmacro %}

{% macro default__iso_date(expression) -%} cast(cast({{ expression }} as date) as text) {%- endmacro %}
{% macro postgres__iso_date(expression) -%} to_char({{ expression }}, 'YYYY-MM-DD') {%- endmacro %}

{#- An amount that fits 64 bits is written a good deal faster than one of 128. -#}
{% macro default__money_text(expression) -%}
  coalesce(cast(try_cast({{ expression }} as numeric(18,4)) as text), cast({{ expression }} as text))
{%- endmacro %}
{% macro postgres__money_text(expression) -%} cast({{ expression }} as text) {%- endmacro %}

{% macro default__iso_instant(expression) -%}
  strftime({{ expression }} at time zone 'UTC', '%Y-%m-%dT%H:%M:%S.%fZ')
{%- endmacro %}
{% macro postgres__iso_instant(expression) -%}
  to_char({{ expression }} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
{%- endmacro %}

{% macro default__sorted_text(expression) -%}
  string_agg({{ expression }}, '' order by {{ expression }})
{%- endmacro %}
{% macro postgres__sorted_text(expression) -%}
  string_agg({{ expression }}, '' order by {{ expression }} collate "C")
{%- endmacro %}
