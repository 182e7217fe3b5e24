{#- An average order value is NULL or at least nought, unless goodwill was larger than the day. -#}
{{ config(meta={
  'severity': 'warning',
  'measures': 'validity',
  'owner': 'finance',
  'why': 'The average order value of a day is below nought; rare, yet possible after generous goodwill.',
  'mend': 'Look at the refunds of the day; nothing to do when they are right.',
}) }}
select shop_id, day, revenue, counted_orders, aov
from {{ ref('fct_aov') }}
where aov < 0 or (aov is null and counted_orders > 0 and revenue is not null)
