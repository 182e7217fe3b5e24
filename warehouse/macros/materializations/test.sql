{#-
  A check keeps the rows it found, and they are counted where they are kept: one statement, where dbt's
  own looks for the table, drops it, makes it, and reads it in turn. What it found before stands until
  then, because it is asked of it which shops are asked whole (macros/asked_rows.sql).
-#}
{% materialization test, default %}
  {%- set kept = api.Relation.create(database=database, schema=schema, identifier=model['alias'], type='table') -%}
  {%- set is_kept = should_store_failures() -%}
  {%- set found = get_limit_subquery_sql(sql, config.get('limit')) -%}
  {%- call statement('main', fetch_result=true) -%}
    {%- if is_kept -%}
    {%- set fresh = kept.incorporate(path={'identifier': kept.identifier ~ '__fresh'}) %}
    create table {{ fresh }} as ({{ found }});
    drop table if exists {{ kept }} cascade;
    alter table {{ fresh }} rename to {{ kept.identifier }};
    {%- endif %}
    {{ get_test_sql(
      'select * from ' ~ kept if is_kept else found,
      config.get('fail_calc'), config.get('warn_if'), config.get('error_if'), limit=none
    ) }}
  {%- endcall -%}
  {%- do adapter.commit() -%}
  {{ return({'relations': [kept] if is_kept else []}) }}
{% endmaterialization %}
