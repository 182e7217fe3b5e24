{#- Instants of long before the vendor was founded: a 0 that was taken for an instant. -#}
{% test instants_are_real(model, columns) %}
{% for column in columns -%}
select shop_id, '{{ column }}' as instant, count(*) as times
from {{ model }}
where {{ column }} < timestamptz '2000-01-01 00:00:00+00'
group by shop_id
{% if not loop.last %}union all{% endif %}
{% endfor %}
{% endtest %}
