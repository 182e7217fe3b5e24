{#- On the order's day nothing can be given back that was not sold, except goodwill. -#}
{% test day_not_negative(model) %}
select
  shop_id,
  day,
  gross_sales - discounts - refunds + shipping - shipping_refunds as revenue
from {{ model }}
where gross_sales - discounts - refunds + shipping - shipping_refunds < 0
{% endtest %}
