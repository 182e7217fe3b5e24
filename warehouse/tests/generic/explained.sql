{#- Lines of Shopify's own report that differ from ours, and nothing says why. -#}
{% test explained(model) %}
select shop_id, day, line, theirs, ours
from {{ model }}
where difference is null or explanation = 'Not explained.'
{% endtest %}
