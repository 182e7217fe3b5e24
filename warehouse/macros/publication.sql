{#- The mart's columns with their types, as its description lists them. -#}
{% macro described_columns(relation) -%}
  {%- if execute -%}
    {%- for node in graph.nodes.values() if node.resource_type == 'model' and node.name == relation.identifier -%}
      {{ return(node.columns.values() | list) }}
    {%- endfor -%}
  {%- endif -%}
  {{ return([]) }}
{%- endmacro %}

{#- Per shop and partition of a published mart: how many rows, and the hash over all of them. -#}
{% macro candidate_of(relation, partition_key) -%}
  select
    hashed.shop_id,
    '{{ relation.identifier }}' as mart,
    hashed.partition_key,
    count(*) as row_count,
    {{ rows_hash('hashed.row_hash') }} as rows_hash
  from (
    select shop_id, {{ partition_key }} as partition_key, {{ row_hash(described_columns(relation)) }} as row_hash
    from {{ relation }}
  ) as hashed
  group by hashed.shop_id, hashed.partition_key
{%- endmacro %}
