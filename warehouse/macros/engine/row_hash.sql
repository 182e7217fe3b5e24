{#-
  One canonical text per type, so that a row hashes alike on every engine and in the serving
  tables: NULL is chr(30), columns are joined by chr(31), days count from 1970 and instants are
  microseconds since then, which both engines write far faster than a calendar date.
-#}
{% macro row_text(columns, of='') -%}
  concat_ws(
    chr(31)
    {%- for column in columns -%}
    , coalesce({{ canonical_text(of ~ column.name, column.data_type) }}, chr(30))
    {%- endfor %}
  )
{%- endmacro %}

{#-
  A set of rows as one whole number, whatever order they come in: fifteen hexadecimal digits of every
  row's md5, added up. So days make their month by addition, and a row that is there twice counts twice.
  Two sets of as many rows agree by chance once in 2^60 comparisons; against somebody who wants them to,
  no hash of rows that he may choose was ever meant to hold.
-#}
{% macro rows_sum(columns, of='') -%}
  cast(coalesce(sum({{ adapter.dispatch('hash_number')(row_text(columns, of)) }}), 0) as numeric(38,0))
{%- endmacro %}

{#- As it is published; of no rows, nothing. -#}
{% macro rows_hash(rows_sum) -%} coalesce(cast({{ rows_sum }} as text), '') {%- endmacro %}

{% macro canonical_text(expression, data_type) -%}
  {%- if data_type == 'text' -%} {{ expression }}
  {%- elif data_type == 'date' -%} cast({{ expression }} - date '1970-01-01' as text)
  {%- elif data_type == 'timestamptz' -%} cast({{ adapter.dispatch('microseconds')(expression) }} as text)
  {%- elif data_type == 'boolean' -%} case when {{ expression }} then 'true' when not {{ expression }} then 'false' end
  {%- elif data_type == 'numeric(20,4)' -%} {{ adapter.dispatch('money_text')(expression) }}
  {%- elif data_type in ['integer', 'bigint', 'numeric(18,10)'] -%} cast({{ expression }} as text)
  {%- else -%} {{ exceptions.raise_compiler_error(expression ~ " has no canonical text for the type " ~ data_type) }}
  {%- endif -%}
{%- endmacro %}

{% macro default__hash_number(expression) -%} cast('0x' || left(md5({{ expression }}), 15) as bigint) {%- endmacro %}
{% macro postgres__hash_number(expression) -%} cast(cast('x' || left(md5({{ expression }}), 15) as bit(60)) as bigint) {%- endmacro %}

{#- An amount that fits 64 bits is written a good deal faster than one of 128, and most are nothing at all. -#}
{% macro default__money_text(expression) -%}
  case
    when {{ expression }} = 0 then '0.0000'
    else coalesce(cast(try_cast({{ expression }} as numeric(18,4)) as text), cast({{ expression }} as text))
  end
{%- endmacro %}
{% macro postgres__money_text(expression) -%} cast({{ expression }} as text) {%- endmacro %}

{% macro default__microseconds(expression) -%} epoch_us({{ expression }}) {%- endmacro %}
{% macro postgres__microseconds(expression) -%} cast(extract(epoch from {{ expression }}) * 1000000 as bigint) {%- endmacro %}

{% macro iso_date(expression) -%}
  {{ adapter.dispatch('iso_date')(expression) }}
{%- endmacro %}

{% macro default__iso_date(expression) -%} cast(cast({{ expression }} as date) as text) {%- endmacro %}
{% macro postgres__iso_date(expression) -%} to_char({{ expression }}, 'YYYY-MM-DD') {%- endmacro %}
