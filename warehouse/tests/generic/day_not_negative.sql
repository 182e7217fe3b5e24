{#-
  On the order's day nothing can be given back that was not sold, except goodwill; on the refund's
  day what was sold before can be.
-#}
{% test day_not_negative(model, refunds='refunds', shipping_refunds='shipping_refunds') %}
{%- set revenue = "gross_sales - discounts - " ~ refunds ~ " + shipping - " ~ shipping_refunds -%}
select
  shop_id,
  day,
  {{ revenue }} as revenue
from {{ model }}
where {{ revenue }} < 0
{% endtest %}
