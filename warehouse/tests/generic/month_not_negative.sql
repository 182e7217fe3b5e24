{% test month_not_negative(model) %}
select
  shop_id,
  substr({{ iso_date('day') }}, 1, 7) as month,
  sum(gross_sales - discounts - refunds + shipping - shipping_refunds) as revenue
from {{ model }}
group by shop_id, substr({{ iso_date('day') }}, 1, 7)
having sum(gross_sales - discounts - refunds + shipping - shipping_refunds) < 0
{% endtest %}
