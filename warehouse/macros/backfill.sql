{#-
  For whoever works with dbt alone: `dbt run-operation backfill --args '{first_day: ..., last_day: ...,
  shops: [...], plan_id: ...}'` answers with the variables of the run. Outside development it asks for
  a plan that was approved and handed out with `hotdash backfill hand-out`. Hotdash itself does not
  come this way: its own gate is hotdash/jobs/run_backfill.py.
-#}
{% macro backfill(first_day, last_day, shops, plan_id=none) -%}
  {%- if env_var('HOTDASH_ENVIRONMENT', 'production') != 'development' -%}
    {%- do require_handed_out(first_day | string, last_day | string, shops, plan_id) -%}
  {%- endif -%}
  {%- set variables = {
    'mode': 'range', 'range_from': first_day | string, 'range_to': last_day | string, 'shops': shops
  } -%}
  {{ log("Run: dbt run --vars '" ~ tojson(variables) ~ "'", info=true) }}
  {{ return(variables) }}
{%- endmacro %}

{% macro require_handed_out(first_day, last_day, shops, plan_id) -%}
  {%- if not plan_id -%}
    {{ exceptions.raise_compiler_error("A backfill outside development needs plan_id: plan, request and approve it with `hotdash backfill`, then `hotdash backfill hand-out`.") }}
  {%- endif -%}
  {%- set named = "'" ~ ((plan_id | string) | replace("'", "''")) ~ "'" -%}
  {%- set found = run_query("select distinct shop_id, first_day, last_day from raw.approved_plans where plan_id = " ~ named ~ " and expires_at > timestamptz '" ~ run_started_at.isoformat() ~ "'").rows if plan_store_exists() else [] -%}
  {%- set covered = [] -%}
  {%- for row in found if row[1] | string == first_day and row[2] | string == last_day -%}
    {%- do covered.append(row[0]) -%}
  {%- endfor -%}
  {%- if (shops | unique | sort | list) != (covered | unique | sort | list) -%}
    {{ exceptions.raise_compiler_error("The plan " ~ plan_id ~ " is not approved for " ~ shops | join(', ') ~ " from " ~ first_day ~ " to " ~ last_day ~ ", or its time is over: hand it out with `hotdash backfill hand-out`.") }}
  {%- endif -%}
{%- endmacro %}

{% macro plan_store_exists() -%}
  {{ return(adapter.get_relation(database=target.database, schema='raw', identifier='approved_plans') is not none) }}
{%- endmacro %}
