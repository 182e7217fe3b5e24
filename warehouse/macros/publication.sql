{#- The mart's columns with their types, as its description lists them. -#}
{% macro described_columns(relation) -%}
  {%- if execute -%}
    {%- for node in graph.nodes.values() if node.resource_type == 'model' and node.name == relation.identifier -%}
      {{ return(node.columns.values() | list) }}
    {%- endfor -%}
  {%- endif -%}
  {{ return([]) }}
{%- endmacro %}

{#-
  Per shop and partition of a published mart that was computed anew: how many rows, and the hash
  over all of them. A partition that lost its last row is offered with none, and taken back so.
-#}
{% macro candidate_of(mart, partition_by, affected=none) -%}
  {%- set key = {'month': month_of('facts.day'), 'bucket': bucket_key('facts.bucket')}[partition_by] -%}
  select
    asked.shop_id,
    '{{ mart.identifier }}' as mart,
    asked.partition_key,
    coalesce(hashed.row_count, 0) as row_count,
    coalesce(hashed.rows_hash, '') as rows_hash
  from (
    {%- if affected is not none %}
    select distinct
      facts.shop_id,
      {{ key }} as partition_key
    from {{ affected }} as facts
    {%- else %}
    select distinct
      facts.shop_id,
      {{ key }} as partition_key
    from {{ mart }} as facts
      {%- if is_incremental() %}
    union
    select
      shop_id,
      partition_key
    from {{ this }}
    where mart = '{{ mart.identifier }}'
      {%- endif %}
    {%- endif %}
  ) as asked
  {{ 'left' if is_incremental() else 'inner' }} join (
    select
      rows_of.shop_id,
      rows_of.partition_key,
      count(*) as row_count,
      {{ rows_hash('rows_of.row_hash') }} as rows_hash
    from (
      select
        facts.shop_id,
        {{ key }} as partition_key,
        {{ row_hash(described_columns(mart), 'facts.') }} as row_hash
      from {{ mart }} as facts
      {%- if affected is not none and is_incremental() %}
      inner join ({{ days_of_months(affected) }}) as wanted
        on wanted.shop_id = facts.shop_id and wanted.day = facts.day
      {%- endif %}
    ) as rows_of
    group by rows_of.shop_id, rows_of.partition_key
  ) as hashed
    on hashed.shop_id = asked.shop_id and hashed.partition_key = asked.partition_key
{%- endmacro %}

{#- Every day of the months that have an affected one: a join by day lets an engine skip what holds other days. -#}
{% macro days_of_months(affected) -%}
  select
    months.shop_id,
    {{ days_from_to('months.first_day', "months.first_day + interval '1 month' - interval '1 day'") }} as day
  from (
    select distinct
      facts.shop_id,
      cast({{ first_of_month('facts.day') }} as date) as first_day
    from {{ affected }} as facts
  ) as months
{%- endmacro %}

{% macro month_of(day) -%} substr({{ iso_date(day) }}, 1, 7) {%- endmacro %}

{% macro bucket_key(bucket) -%} 'b' || lpad(cast({{ bucket }} as text), 2, '0') {%- endmacro %}

{#- The bucket of an undated mart's row, by the first digit of its hexadecimal key. -#}
{% macro bucket_of(key) -%}
  cast(strpos('0123456789abcdef', substr({{ key }}, 1, 1)) - 1 as integer)
{%- endmacro %}
