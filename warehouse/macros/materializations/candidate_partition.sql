{#-
  A model of affected days inside a backfill's candidate schema. The model's name is a view there: the
  days of the warehouse that were not computed anew, beside those that were. This computes the days
  asked for and puts them, and the word that they were computed, in place of what an earlier chunk or
  an earlier attempt left; all of it at once, or nothing.
-#}
{% materialization candidate_partition, default %}
  {%- set part = this.incorporate(path={'identifier': this.identifier ~ '__part'}) -%}
  {%- set days = this.incorporate(path={'identifier': this.identifier ~ '__days'}) -%}
  {%- set fresh = this.incorporate(path={'identifier': this.identifier ~ '__fresh'}) -%}
  {%- set offers = config.get('incremental_strategy') == 'affected_candidates' -%}
  {%- set key = ['shop_id', 'mart', 'partition_key'] if offers else ['shop_id', 'day'] -%}
  {%- set asked = fresh if offers else ref(config.get('affected_by', 'int_affected_partitions')) -%}
  {%- set columns = get_quoted_csv(model.columns.keys()) -%}
  {% call statement('main') -%}
    create table {{ fresh }} as ({{ sql }});
    delete from {{ part }} as replaced
    where exists (select 1 from {{ asked }} as asked where {{ same_key(key, 'asked', 'replaced') }});
    insert into {{ part }} ({{ columns }})
    select {{ columns }} from {{ fresh }} {% if offers %}where row_count > 0{% endif %};
    insert into {{ days }} ({{ key | join(', ') }})
    select distinct {{ key | join(', ') }} from {{ asked }} as asked
    where not exists (select 1 from {{ days }} as known where {{ same_key(key, 'asked', 'known') }});
    drop table {{ fresh }};
    {{ refresh_statistics([part, days]) }}
  {%- endcall %}
  {{ adapter.commit() }}
  {{ return({'relations': [this]}) }}
{% endmaterialization %}

{% macro same_key(columns, left, right) -%}
  {%- for column in columns -%}
    {{ left }}.{{ column }} = {{ right }}.{{ column }}{% if not loop.last %} and {% endif %}
  {%- endfor -%}
{%- endmacro %}

{#- In a candidate a model of affected days always stands on the days computed before. -#}
{% macro is_incremental() -%}
  {{ return(dbt.is_incremental() or (execute and config.get('materialized') == 'candidate_partition')) }}
{%- endmacro %}
