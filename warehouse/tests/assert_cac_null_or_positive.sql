{#- What a new customer of a day cost is NULL (nothing spent or not known, nobody new) or above nought. -#}
{{ config(meta={
  'severity': 'blocking',
  'owner': 'marketing',
  'why': 'Spend divided by new customers of a day is below nought, which no customer can cost.',
  'mend': "Compare the day's spend with the ad account, then run again.",
}) }}
with components as (
  select
    shop_id,
    day,
    spend,
    new_customers,
    sign(spend) * sign(new_customers) as sign_of_cac
  from {{ ref('fct_cac') }}
  where spend <> 0 and new_customers <> 0
)

select shop_id, day, spend, new_customers
from components
where sign_of_cac <= 0
