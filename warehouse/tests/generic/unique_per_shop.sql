{% test unique_per_shop(model, columns) %}
{%- set key = (['shop_id'] + columns) | join(', ') -%}
select {{ key }}, count(*) as times
from {{ rows_like_asked(model, 'day' if 'day' in columns else columns[0]) if columns else model }} as facts
group by {{ key }}
having count(*) > 1
{% endtest %}
