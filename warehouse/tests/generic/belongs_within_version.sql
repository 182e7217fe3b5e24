{#- Rows of an existing order whose parent is not among the rows of the same version. -#}
{% test belongs_within_version(model, parent, columns) %}
select
  children.shop_id,
  children.order_id
  {%- for column in columns %},
  children.{{ column }}
  {%- endfor %}
from {{ model }} as children
inner join {{ ref('int_orders') }} as orders on {{ same_version('children', 'orders') }}
left join {{ parent }} as parents
  on
    {{ same_version('parents', 'children') }}
    {%- for column in columns %}
    and parents.{{ column }} = children.{{ column }}
    {%- endfor %}
where parents.order_id is null
{% endtest %}
