{#-
  Hotdash notes that the failing rows kept are those of all rows there are, and that a build it began is all
  that has changed since (hotdash/storage/warehouse/kept_findings.py). Whatever else computes or asks takes
  the note away, and the next run asks everything of everybody. Commands that only write text (docs among
  them) render both hooks, and two at once: they take nothing away.
-#}
{% macro forget_kept_findings() -%}
  {%- set only_writes_text = flags.WHICH in ['compile', 'generate', 'show'] -%}
  {%- if execute and not only_writes_text and not var('announced') and adapter.get_relation(
    database=target.database, schema='checks', identifier='kept_findings'
  ) is not none -%}
    {%- call statement('forget', auto_begin=true) -%} delete from {{ kept_findings() }} {%- endcall -%}
    {#- The look for the table began a transaction that dbt would not end. -#}
    {%- do adapter.commit() -%}
  {%- endif -%}
{%- endmacro %}

{#- A model that told of another day than it was asked for changed what nobody would look at. -#}
{% macro forget_if_other_days(fresh, asked) -%}
  {%- if var('announced') %}
  {{ doubt() }}
  where exists (
    select 1 from {{ fresh }} as computed
    where not exists (
      select 1 from {{ asked }} as asked where {{ same_key(['shop_id', 'day'], 'asked', 'computed') }}
    )
  );
  {%- endif -%}
{%- endmacro %}

{#- A table that was gone has lost its other days. -#}
{% macro forget_if_lost() -%}
  {%- if var('announced') and not should_full_refresh() %}
  {{ doubt() }};
  {%- endif -%}
{%- endmacro %}

{#- A row of its own: two models at once may doubt, and cannot both delete the same note. -#}
{% macro doubt() -%}
  insert into {{ kept_findings() }} (project_hash, asked_whole_as_of, next_build)
  select '', timestamptz '1970-01-01 00:00:00+00', null
{%- endmacro %}

{% macro kept_findings() -%} {{ adapter.quote('checks') }}.{{ adapter.quote('kept_findings') }} {%- endmacro %}
