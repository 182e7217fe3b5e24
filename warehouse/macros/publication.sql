{#- Published marts of which a run computes some days anew, and the model that names these days. -#}
{% macro marts_of_days() -%}
  {{ return({
    'fct_revenue': 'int_affected_partitions',
    'fct_orders': 'int_affected_partitions',
    'fct_order_lines': 'int_affected_lines',
    'fct_shopify_report': 'int_affected_partitions',
    'fct_sales_reconciliation': 'int_affected_report_days',
    'fct_margins': 'int_affected_margins',
    'fct_sessions': 'int_affected_web',
    'fct_landing_pages': 'int_affected_web',
    'fct_search_days': 'int_affected_web',
    'fct_search_totals': 'int_affected_web',
    'fct_conversations': 'int_affected_support',
    'fct_sla_events': 'int_affected_support',
    'fct_inventory_days': 'int_affected_stock',
    'fct_fulfillments': 'int_affected_shipments',
    'fct_customers': 'int_affected_partitions',
    'fct_ad_spend': 'int_affected_ad_days',
    'fct_touches': 'int_affected_journeys',
    'fct_attributed_orders': 'int_affected_credits',
    'fct_roas': 'int_affected_roas_days',
    'fct_link_problems': 'int_affected_touch_days',
  }) }}
{%- endmacro %}

{#- Those that are made as a whole every time, and what they are published by. -#}
{% macro marts_made_whole() -%}
  {{ return({
    'dim_customers': 'bucket',
    'fct_inventory': 'bucket',
    'fct_stock_levels': 'bucket',
    'fct_growth': 'month',
    'dim_shops': 'bucket',
    'dim_shop_plans': 'bucket',
    'dim_exchange_rates': 'bucket',
    'fct_cohorts': 'month',
    'fct_customer_value': 'month',
    'dim_products': 'bucket',
    'fct_cac': 'month',
  }) }}
{%- endmacro %}

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
  Per shop and day of a mart that was computed anew: how many rows, and their sum. A day that lost its
  last row is told with none, and goes.
-#}
{% macro days_of(mart, affected) -%}
  {%- if is_incremental() -%}
  select
    asked.shop_id,
    '{{ mart.identifier }}' as mart,
    {{ iso_date('asked.day') }} as partition_key,
    coalesce(summed.row_count, 0) as row_count,
    coalesce(summed.rows_sum, 0) as rows_sum
  from (select distinct shop_id, day from {{ affected }}) as asked
  left join (
    {{ summed_rows(mart, 'facts.day') }}
    inner join (select distinct shop_id, day from {{ affected }}) as wanted
      on wanted.shop_id = facts.shop_id and wanted.day = facts.day
    group by facts.shop_id, facts.day
  ) as summed
    on summed.shop_id = asked.shop_id and summed.part = asked.day
  {%- else -%}
  select
    summed.shop_id,
    '{{ mart.identifier }}' as mart,
    {{ iso_date('summed.part') }} as partition_key,
    summed.row_count,
    summed.rows_sum
  from (
    {{ summed_rows(mart, 'facts.day') }}
    group by facts.shop_id, facts.day
  ) as summed
  {%- endif %}
{%- endmacro %}

{% macro summed_rows(mart, part) -%}
  select
    facts.shop_id,
    {{ part }} as part,
    count(*) as row_count,
    {{ rows_sum(described_columns(mart), 'facts.') }} as rows_sum
  from {{ mart }} as facts
{%- endmacro %}

{#-
  The months that have a day computed anew, as the sums of all their days. A partition that lost its
  last row is offered with none, and taken back so.
-#}
{% macro offer_of_months(marts_and_affected, days) -%}
  select
    asked.shop_id,
    asked.mart,
    asked.partition_key,
    cast(coalesce(sum(days.row_count), 0) as bigint) as row_count,
    {{ rows_hash('sum(days.rows_sum)') }} as rows_hash
  from (
    {%- for mart, affected in marts_and_affected.items() %}
    select
      shop_id,
      '{{ mart }}' as mart,
      {{ month_of('day') }} as partition_key
    from {{ ref(affected) }}
    {{ 'union' if not loop.last }}
    {%- endfor %}
  ) as asked
  {{ 'left' if is_incremental() else 'inner' }} join {{ days }} as days
    on
      days.shop_id = asked.shop_id
      and days.mart = asked.mart
      and substr(days.partition_key, 1, 7) = asked.partition_key
  group by asked.shop_id, asked.mart, asked.partition_key
{%- endmacro %}

{#- A mart that is made as a whole: every partition it has, and those that it had. -#}
{% macro offer_of_all(mart, partition_by) -%}
  {%- set key = {'month': month_of('facts.day'), 'bucket': bucket_key('facts.bucket')}[partition_by] -%}
  select
    {{ 'asked' if is_incremental() else 'summed' }}.shop_id,
    '{{ mart.identifier }}' as mart,
    {{ 'asked.partition_key' if is_incremental() else 'summed.part' }} as partition_key,
    coalesce(summed.row_count, 0) as row_count,
    {{ rows_hash('summed.rows_sum') }} as rows_hash
  from (
    {{ summed_rows(mart, key) }}
    group by facts.shop_id, {{ key }}
  ) as summed
  {%- if is_incremental() %}
  right join (
    select
      facts.shop_id,
      {{ key }} as partition_key
    from {{ mart }} as facts
    union
    select
      shop_id,
      partition_key
    from {{ this }}
    where mart = '{{ mart.identifier }}'
  ) as asked
    on asked.shop_id = summed.shop_id and asked.partition_key = summed.part
  {%- endif %}
{%- endmacro %}

{% macro month_of(day) -%} substr({{ iso_date(day) }}, 1, 7) {%- endmacro %}

{% macro bucket_key(bucket) -%} 'b' || lpad(cast({{ bucket }} as text), 2, '0') {%- endmacro %}

{#- The bucket of an undated mart's row, by the first digit of its hexadecimal key. -#}
{% macro bucket_of(key) -%}
  cast(strpos('0123456789abcdef', substr({{ key }}, 1, 1)) - 1 as integer)
{%- endmacro %}
