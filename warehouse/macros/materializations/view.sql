{#- In one statement, where dbt's own makes a second view and renames both. -#}
{% materialization view, default %}
  {%- set existing = load_cached_relation(this) -%}
  {%- if existing is not none and existing.type != 'view' -%}
    {%- do adapter.drop_relation(existing) -%}
  {%- endif -%}
  {%- set definition = get_create_view_as_sql(this, sql) -%}
  {%- call statement('main') -%}
    drop view if exists {{ this }} cascade;
    {{ definition }}
  {%- endcall -%}
  {%- do adapter.commit() -%}
  {{ return({'relations': [this.incorporate(type='view')]}) }}
{% endmaterialization %}
