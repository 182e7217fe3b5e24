{#- No shop can have given back more than it sold over its whole life. -#}
{{ config(meta={
  'severity': 'blocking',
  'measures': 'validity',
  'owner': 'finance',
  'why': 'Over its whole life the shop gave back more than it sold, which hints at refunds counted twice.',
  'mend': 'Compare the refunds of the shop with the Shopify admin, then run again.',
}) }}
select
  shop_id,
  sum(gross_sales - discounts - refunds + shipping - shipping_refunds) as revenue
from {{ ref('fct_revenue') }}
group by shop_id
having sum(gross_sales - discounts - refunds + shipping - shipping_refunds) < 0
