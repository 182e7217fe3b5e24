{#- Discount rate between nought and one, refund rate not below nought, on every day. -#}
{{ config(meta={
  'severity': 'warning',
  'measures': 'validity',
  'owner': 'finance',
  'why': 'A discount is larger than what it was given on, or a refund is below nought.',
  'mend': 'Look at the orders of the day in the Shopify admin, correct them there and run again.',
}) }}
select shop_id, day, gross_sales, discounts, refunds
from {{ ref('fct_revenue') }}
where discounts < 0 or discounts > gross_sales or refunds < 0
