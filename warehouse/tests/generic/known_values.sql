{% test known_values(model, column, values) %}
select shop_id, {{ column }}, count(*) as times
from {{ model }}
where {{ column }} not in ('{{ values | join("', '") }}')
group by shop_id, {{ column }}
{% endtest %}
