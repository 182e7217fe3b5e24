{#-
  The one way a heavy model is written, for an incremental run, a range and a full rebuild alike:
  the model computes the (shop, day) partitions named in the model it is `affected_by` and replaces them.
-#}
{% macro get_incremental_affected_partitions_sql(arguments) %}
  {%- set columns = get_quoted_csv(arguments["dest_columns"] | map(attribute="name")) -%}
  delete from {{ arguments["target_relation"] }} as replaced
  where exists (
    select 1
    from {{ ref(config.get('affected_by', 'int_affected_partitions')) }} as affected
    where affected.shop_id = replaced.shop_id and affected.day = replaced.day
  );

  insert into {{ arguments["target_relation"] }} ({{ columns }})
  select {{ columns }} from {{ arguments["temp_relation"] }}
{% endmacro %}
