{#-
  What a check reads in a run that computed some days only. Hotdash says so (`only_affected`) when all
  that changed since every check was last asked are the days this build computed; of those a check has to
  look at what each model was affected by. A shop that failed the check before is asked whole, so that what
  failed on other days goes on failing until it is mended. docs/decisions/0017 says why nothing is lost.
  Without the word of Hotdash, and of tables that are made anew as a whole, everything is read.
-#}

{#- The rows of the days that may have changed; `beside` are the models the check holds against this one. -#}
{% macro asked_rows(relation, beside=[]) -%}
  {%- set relations = [relation] + beside -%}
  {%- if not are_asked_in_part(relations) -%}{{ return(relation) }}{%- endif -%}
  (
    select facts.*
    from {{ relation }} as facts
    inner join (
      {%- for affected in affected_by(relations) %}
      select shop_id, day from {{ affected }}
      union
      {%- endfor %}
      {%- for each in relations %}
      select shop_id, day from {{ each }} where shop_id in (select shop_id from {{ this }})
      {%- if not loop.last %}
      union
      {%- endif %}
      {%- endfor %}
    ) as asked on asked.shop_id = facts.shop_id and asked.day = facts.day
  )
{%- endmacro %}

{#- The rows, of all days, that are the like of a changed row by this key; one without it may be like any other. -#}
{% macro rows_like_asked(relation, key) -%}
  {%- if key == 'day' or not are_asked_in_part([relation]) -%}{{ return(asked_rows(relation)) }}{%- endif -%}
  (
    with changed as (
      select distinct shop_id, {{ key }} from {{ asked_rows(relation) }} as asked
    )
    select facts.*
    from {{ relation }} as facts
    inner join changed on changed.shop_id = facts.shop_id and changed.{{ key }} = facts.{{ key }}
    where {{ within_range_of('changed', key, 'facts.' ~ key) }}
    union all
    select * from {{ relation }} where {{ key }} is null
  )
{%- endmacro %}

{#- The rows of a source that no earlier build computed, for checks of what only new rows can break. -#}
{% macro asked_loads(relation) -%}
  {%- if not is_asked_in_part() -%}{{ return(relation) }}{%- endif -%}
  {%- set events = graph.sources['source.hotdash.hotdash.load_events'].relation_name -%}
  (
    select told.*
    from {{ relation }} as told
    inner join (
      select load_id
      from {{ events }}
      group by load_id, shop_id
      having
        max(case when event = 'built' and build_id <> '{{ var("build_id") }}' then 1 else 0 end) = 0
        or shop_id in (select shop_id from {{ this }})
    ) as asked on asked.load_id = told.load_id
  )
{%- endmacro %}

{% macro is_asked_in_part() -%}
  {{ return(execute and var('only_affected') and load_cached_relation(this) is not none) }}
{%- endmacro %}

{% macro are_asked_in_part(relations) -%}
  {%- if not is_asked_in_part() -%}{{ return(false) }}{%- endif -%}
  {%- for relation in relations if model_of(relation).config.materialized != 'affected_partitions' -%}
    {{ return(false) }}
  {%- endfor -%}
  {{ return(true) }}
{%- endmacro %}

{#- By the graph and not by ref(): what says when is nothing that a check judges. -#}
{% macro affected_by(relations) -%}
  {%- set found = [] -%}
  {%- for relation in relations -%}
    {%- set name = model_of(relation).config.get('affected_by', 'int_affected_partitions') -%}
    {%- do found.append(graph.nodes['model.hotdash.' ~ name].relation_name) -%}
  {%- endfor -%}
  {{ return(found | unique | list) }}
{%- endmacro %}

{% macro model_of(relation) -%}
  {{ return(graph.nodes['model.hotdash.' ~ relation.identifier]) }}
{%- endmacro %}
