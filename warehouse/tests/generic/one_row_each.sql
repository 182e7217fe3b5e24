{#- More than one row of a shop for the same key. -#}
{% test one_row_each(model, key) %}
select
  shop_id,
  {{ key | join(', ') }},
  count(*) as row_count
from {{ model }}
group by shop_id, {{ key | join(', ') }}
having count(*) > 1
{% endtest %}
