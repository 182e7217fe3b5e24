{#-
  The one way a heavy model is written, for an incremental run, a range and a full rebuild alike:
  the model computes the (shop, day) partitions named in the model it is `affected_by` and replaces them.
  One statement per model, because dbt's own `incremental` asks the engine some ten questions for each,
  which in an hourly run cost more than the rows. A changed column needs no care here: under Hotdash a changed
  project computes everything anew, and whoever works in dbt alone adds --full-refresh.
-#}
{% materialization affected_partitions, default %}
  {%- do leave_only_a_table() -%}
  {%- if is_incremental() -%}
    {%- set fresh = this.incorporate(path={'database': none, 'schema': none, 'identifier': this.identifier ~ '__fresh'}) -%}
    {%- set statements -%}
      create temporary table {{ fresh }} as ({{ sql }});
      {{ replace_asked(this, fresh) }}
      {%- if not offers_partitions() %}
      {{ forget_if_other_days(fresh, asked_partitions(fresh)) }}
      {%- endif %}
      drop table {{ fresh }};
    {%- endset -%}
  {%- else -%}
    {%- set statements -%}
      {{ made_anew(sql) }}
      {{ forget_if_lost() }}
    {%- endset -%}
  {%- endif -%}
  {{ return(written(statements)) }}
{% endmaterialization %}

{#- What says when, and what is small: made as a whole every time. -#}
{% materialization made_anew, default %}
  {%- do leave_only_a_table() -%}
  {{ return(written(made_anew(sql))) }}
{% endmaterialization %}

{#- The partitions asked for go, the rows computed come. An offer of no rows takes back what was offered. -#}
{% macro replace_asked(target, fresh) -%}
  {%- set columns = get_quoted_csv(model.columns.keys()) -%}
  delete from {{ target }} as replaced
  where exists (
    select 1 from {{ asked_partitions(fresh) }} as asked
    where {{ same_key(partition_key(), 'asked', 'replaced') }}
  );
  insert into {{ target }} ({{ columns }})
  select {{ columns }} from {{ fresh }} {% if offers_partitions() %}where row_count > 0{% endif %};
{%- endmacro %}

{#- A model of days is asked by another model; what is offered for publication names its partitions itself. -#}
{% macro offers_partitions() -%}
  {{ return(config.get('replaces', 'days') == 'offers') }}
{%- endmacro %}

{% macro partition_key() -%}
  {{ return(['shop_id', 'mart', 'partition_key'] if offers_partitions() else ['shop_id', 'day']) }}
{%- endmacro %}

{% macro asked_partitions(fresh) -%}
  {{ return(fresh if offers_partitions() else ref(config.get('affected_by', 'int_affected_partitions'))) }}
{%- endmacro %}

{% macro same_key(columns, left, right) -%}
  {%- for column in columns -%}
    {{ left }}.{{ column }} = {{ right }}.{{ column }}{% if not loop.last %} and {% endif %}
  {%- endfor -%}
{%- endmacro %}

{#- Beside the table that is there, which goes when its successor stands. -#}
{% macro made_anew(sql) -%}
  {%- set successor = this.incorporate(path={'identifier': this.identifier ~ '__fresh'}) -%}
  {{ create_table_as(false, successor, sql) }};
  drop table if exists {{ this }} cascade;
  alter table {{ successor }} rename to {{ this.identifier }};
{%- endmacro %}

{% macro written(statements) -%}
  {%- call statement('main') -%}
    {{ statements }}
    {{ refresh_statistics([this]) }}
  {%- endcall -%}
  {%- do adapter.commit() -%}
  {{ return({'relations': [this.incorporate(type='table')]}) }}
{%- endmacro %}

{#- A project that made a view of this model earlier. -#}
{% macro leave_only_a_table() -%}
  {%- set existing = load_cached_relation(this) -%}
  {%- if existing is not none and existing.type != 'table' -%}
    {%- do adapter.drop_relation(existing) -%}
  {%- endif -%}
{%- endmacro %}

{#- Whether the days computed before stand, and only those asked for are computed. In a candidate always. -#}
{% macro is_incremental() -%}
  {%- if not execute -%}{{ return(false) }}{%- endif -%}
  {%- if config.get('materialized') == 'candidate_partition' -%}{{ return(true) }}{%- endif -%}
  {%- set existing = load_cached_relation(this) -%}
  {{ return(
    config.get('materialized') == 'affected_partitions'
    and existing is not none and existing.type == 'table' and not should_full_refresh()
  ) }}
{%- endmacro %}
