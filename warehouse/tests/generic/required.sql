{#- Empty columns in more than tolerated of a shop's rows; of versioned rows only those that still hold. -#}
{% test required(model, columns, key=[], tolerated_percent=0, of_existing_orders=false) %}
with checked as (
  select candidates.*
  from {{ model }} as candidates
  {%- if of_existing_orders %}
  inner join {{ ref('int_orders') }} as orders on {{ same_version('candidates', 'orders') }}
  {%- endif %}
),

shares as (
  select
    shop_id
    {%- for column in columns %},
    sum(case when {{ column }} is null then 1 else 0 end) * 100 > {{ tolerated_percent }} * count(*) as {{ column }}_fails
    {%- endfor %}
  from checked
  group by shop_id
)

{% for column in columns -%}
select
  checked.shop_id,
  {%- for name in key %}
  checked.{{ name }},
  {%- endfor %}
  '{{ column }}' as empty_column
from checked
inner join shares on shares.shop_id = checked.shop_id and shares.{{ column }}_fails
where checked.{{ column }} is null
{% if not loop.last %}union all{% endif %}
{% endfor %}
{% endtest %}
