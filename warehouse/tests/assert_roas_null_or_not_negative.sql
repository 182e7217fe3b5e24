{#- Return on ad spend is NULL (nothing spent) or at least nought. -#}
{{ config(meta={
  'severity': 'warning',
  'measures': 'validity',
  'owner': 'marketing',
  'why': 'Spend or the revenue credited to it is below nought; rare, yet possible after generous goodwill.',
  'mend': 'Compare the spend with the ad account and look at the refunds of the day.',
}) }}
select shop_id, day, channel, platform, spend, attributed_revenue
from {{ ref('fct_roas') }}
where spend < 0 or attributed_revenue < 0
