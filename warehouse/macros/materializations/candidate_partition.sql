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
  {%- set key = partition_key() -%}
  {%- set asked = asked_partitions(fresh) -%}
  {% call statement('main') -%}
    create table {{ fresh }} as ({{ sql }});
    {{ replace_asked(part, fresh) }}
    insert into {{ days }} ({{ key | join(', ') }})
    select distinct {{ key | join(', ') }} from {{ asked }} as asked
    where not exists (select 1 from {{ days }} as known where {{ same_key(key, 'asked', 'known') }});
    drop table {{ fresh }};
    {{ refresh_statistics([part, days]) }}
  {%- endcall %}
  {{ adapter.commit() }}
  {{ return({'relations': [this]}) }}
{% endmaterialization %}
