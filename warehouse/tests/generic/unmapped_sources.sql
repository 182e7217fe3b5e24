{% test unmapped_sources(model) %}
select shop_id, source, medium, sum(touches) as touches
from {{ model }}
where channel = 'Unmapped'
group by shop_id, source, medium
{% endtest %}
