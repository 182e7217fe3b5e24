{#- What a new customer cost is NULL (nothing spent, nobody new) or above nought. -#}
{{ config(meta={
  'severity': 'blocking',
  'measures': 'validity',
  'owner': 'marketing',
  'why': 'Spend or new customers of a day are below nought; CAC would be wrong.',
  'mend': "Compare the day's spend with the ad account, then run again.",
}) }}
select shop_id, day, spend, new_customers
from {{ ref('fct_cac') }}
where spend < 0 or new_customers < 0
