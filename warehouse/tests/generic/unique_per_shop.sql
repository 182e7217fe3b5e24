{% test unique_per_shop(model, columns) %}
{%- set key = (['shop_id'] + columns) | join(', ') -%}
select {{ key }}, count(*) as times
from {{ model }}
group by {{ key }}
having count(*) > 1
{% endtest %}
