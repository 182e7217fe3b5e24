{#- Empty columns in more than tolerated of a shop's rows; of versioned rows only those that still hold. -#}
{% test required(model, columns, key=[], tolerated_percent=0, of_existing_orders=false) %}
{%- set existing = ref('int_orders') if tolerated_percent else asked_rows(ref('int_orders')) -%}
{%- set of_orders = 'inner join ' ~ existing ~ ' as orders on ' ~ same_version('candidates', 'orders') if of_existing_orders else '' -%}
with with_empty as (
  select {% for name in (['shop_id'] + key + columns) | unique %}candidates.{{ name }}{% if not loop.last %}, {% endif %}{% endfor %}
  from {{ model if of_existing_orders or tolerated_percent else asked_rows(model) }} as candidates
  {{ of_orders }}
  where {% for column in columns %}candidates.{{ column }} is null{% if not loop.last %} or {% endif %}{% endfor %}
)
{%- if tolerated_percent %},

shares as (
  select
    candidates.shop_id
    {%- for column in columns %},
    sum(case when candidates.{{ column }} is null then 1 else 0 end) * 100 > {{ tolerated_percent }} * count(*) as {{ column }}_fails
    {%- endfor %}
  from {{ model }} as candidates
  {{ of_orders }}
  group by candidates.shop_id
)
{%- endif %}

{% for column in columns -%}
select
  with_empty.shop_id,
  {%- for name in key %}
  with_empty.{{ name }},
  {%- endfor %}
  '{{ column }}' as empty_column
from with_empty
{%- if tolerated_percent %}
inner join shares on shares.shop_id = with_empty.shop_id and shares.{{ column }}_fails
{%- endif %}
where with_empty.{{ column }} is null
{% if not loop.last %}union all{% endif %}
{% endfor %}
{% endtest %}
